"""The simulated Blink as a server: every host name on one port of this machine."""

from __future__ import annotations

import asyncio
import re
import ssl
from dataclasses import dataclass, field, replace
from email.utils import format_datetime

from aiohttp import web

from simulators.servers import WebServer

from . import commands, inventory, local_storage, media, oauth, signin
from .account import Account
from .answers import Answer, Refused, not_found
from .faults import Fault, take
from .live import routes as live
from .live.relay import Relay
from .routing import (
    FIRST_HOST,
    OAUTH_HOST,
    PRESIGNED_HOST,
    Body,
    Call,
    Route,
    Where,
    check_account,
    check_bearer,
    check_body,
    check_headers,
    check_place,
    check_query,
    parse_body,
)
from .world import World

ROUTES: tuple[Route, ...] = (
    *signin.ROUTES,
    *oauth.ROUTES,
    *inventory.ROUTES,
    *commands.ROUTES,
    *media.ROUTES,
    *local_storage.ROUTES,
    *live.ROUTES,
)
HOST = re.compile(r"rest-[a-z0-9]+\.immedia-semi\.com")
PLACES: dict[str, tuple[Where, ...]] = {
    OAUTH_HOST: ("oauth",),
    FIRST_HOST: ("first contact",),
    PRESIGNED_HOST: ("presigned",),
}
CHUNK = 1 << 18


@dataclass(frozen=True)
class Request:
    """One request as it arrived, and the status that went back; None while it has none."""

    at: float
    route: str | None
    method: str
    host: str
    path: str
    query: dict[str, str]
    account_id: int | None
    body: Body
    headers: dict[str, str] = field(repr=False)
    status: int | None = None


class SimBlink:
    """Serve a world."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.requests: list[Request] = []
        self.surprises: list[str] = []
        self.faults: list[Fault] = []
        self.port = 0
        self.relay = Relay(world, lambda text: self.surprises.append(text))
        self._server: WebServer | None = None
        self._closing = asyncio.Event()

    async def start(
        self, ssl_context: ssl.SSLContext | None = None, port: int = 0, *, relay: ssl.SSLContext | None = None
    ) -> int:
        """Listen on 127.0.0.1 and return the port, which the system chooses unless it is given.

        The relay of the live views has a port of its own, `relay.port`, and with `relay` another certificate.
        """
        self._closing = asyncio.Event()
        server = web.Server(self._handle, access_log=None)
        runner = web.ServerRunner(server, handle_signals=False, shutdown_timeout=1.0)
        self._server = WebServer(runner, ssl_context)
        self.port = await self._server.start(port)
        await self.relay.start(relay)
        return self.port

    async def close(self) -> None:
        """Stop listening and let every hanging answer go; the world stays as it is."""
        self._closing.set()
        await self.relay.close()
        if self._server:
            await self._server.close()

    def asked(self, *routes: str) -> list[Request]:
        """Return the requests to these routes, oldest first."""
        return [request for request in self.requests if request.route in routes]

    async def _handle(self, http: web.BaseRequest) -> web.StreamResponse:
        raw = await http.read()
        host = (http.headers.get("Host") or "").partition(":")[0].lower()
        route, params = _find(host, http.method, http.path)
        body, token = parse_body(http.content_type, raw), _bearer(http)
        owner = self._owner(http, token, body)
        name = route.name if route else None
        number = owner.id if owner else None
        now = self.world.clock()
        query, headers = dict(http.query), dict(http.headers)
        request = Request(now, name, http.method, host, http.path, query, number, body, headers)
        self.requests.append(request)
        fault = take(self.faults, name, number)
        if fault:
            await self._pause(fault.delay)
        if fault and fault.action in ("reset", "hang"):
            await self._pause(None if fault.action == "hang" else 0.0)
            return _cut(http)
        if fault and fault.action == "answer" and fault.replaces:
            answer = fault.answer(200)
        else:
            answer = await self._answer(http, host, route, params, body, token)
        if fault and fault.action == "apply-then-reset":
            return _cut(http)
        if fault and fault.action == "apply-then-status":
            answer = fault.answer(500)
        self._answered(request, answer.status)
        return await self._send(http, answer, fault)

    def _owner(self, http: web.BaseRequest, token: str | None, body: Body) -> Account | None:
        """Return whose request this is, by its tokens, by the user name in it, or by the sign-in it belongs to."""
        form = body if isinstance(body, dict) else {}
        return (
            self.world.owner(token or str(form.get("refresh_token")))
            or self.world.account(str(form.get("username")))
            or self.world.attempts.owner(signin.session_cookie(http.headers), str(form.get("code")))
        )

    def _answered(self, request: Request, status: int) -> None:
        for index in reversed(range(len(self.requests))):  # a test may have cleared the list meanwhile
            if self.requests[index] is request:
                self.requests[index] = replace(request, status=status)
                return

    async def _answer(
        self,
        http: web.BaseRequest,
        host: str,
        route: Route | None,
        params: dict[str, str],
        body: Body,
        token: str | None,
    ) -> Answer:
        try:
            if route is None:
                raise Refused(not_found(), f"no such route: {http.method} {host}{http.path}")
            check_headers(http.headers)
            bearer = None
            if route.where not in ("oauth", "presigned"):
                bearer = check_bearer(self.world, token)
                check_place(route, host, bearer)
                check_account(params, bearer)
            query = check_query(route, http.query)
            check_body(route, http.content_type, body)
            call = Call(
                self.world, self.world.clock(), host, http.path, params, query, http.headers, body, bearer, token or ""
            )
            answer = await route.handler(call)
            if answer.surprise:
                self.surprises.append(answer.surprise)
            return answer
        except Refused as refused:
            if refused.surprise:
                self.surprises.append(refused.surprise)
            return refused.answer
        except Exception as broken:
            self.surprises.append(f"the simulator broke: {broken!r}")
            raise

    async def _send(self, http: web.BaseRequest, answer: Answer, fault: Fault | None) -> web.StreamResponse:
        response = web.StreamResponse(status=answer.status, headers=answer.headers)
        response.headers["Date"] = format_datetime(self.world.now(), usegmt=True)
        response.headers["Content-Type"] = answer.content_type
        for cookie in answer.cookies:
            response.headers.add("Set-Cookie", cookie)
        if fault and fault.action == "unsized":
            response.enable_chunked_encoding()
        else:
            response.content_length = len(answer.body)
        await response.prepare(http)
        broken = fault is not None and fault.action in ("half", "stall")
        body = answer.body[: len(answer.body) // 2] if broken else answer.body
        for start in range(0, len(body), CHUNK):
            await response.write(body[start : start + CHUNK])
        if fault and fault.action == "stall":
            await self._pause(None)
        if broken and http.transport:
            http.transport.close()
        elif not broken:
            await response.write_eof()
        return response

    async def _pause(self, delay: float | asyncio.Event | None) -> None:
        """Wait for so many seconds or for an event, but no longer than the server lives."""
        if delay == 0.0:
            return
        awaited = [self._closing, delay] if isinstance(delay, asyncio.Event) else [self._closing]
        waiting = [asyncio.create_task(one.wait()) for one in awaited]
        seconds = None if isinstance(delay, asyncio.Event) else delay
        try:
            await asyncio.wait(waiting, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for one in waiting:
                one.cancel()


def _find(host: str, method: str, path: str) -> tuple[Route | None, dict[str, str]]:
    places = PLACES.get(host) or (("first contact", "region") if HOST.fullmatch(host) else ())
    for route in ROUTES:
        if route.method != method or route.where not in places:
            continue
        if (params := route.match(path)) is not None:
            return route, dict(params)
    return None, {}


def _bearer(http: web.BaseRequest) -> str | None:
    scheme, _, token = http.headers.get("Authorization", "").partition(" ")
    return token if scheme == "Bearer" and token else None


def _cut(http: web.BaseRequest) -> web.StreamResponse:
    if http.transport:
        http.transport.abort()
    return web.Response()
