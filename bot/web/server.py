"""The bot's own HTTP server, which runs only if the host gives a PORT: its health, its numbers, and the pages."""

import asyncio
import hmac
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial

from aiohttp import web
from aiohttp.http import HttpProcessingError
from aiohttp.typedefs import Handler

from bot.wording import pages as words

from . import forms, rendering
from .pages import Pages

_MOST_CONNECTIONS = 64  # hosts usually allow 1,024 open files; this also fits a `ulimit -n` of 200
_BACKLOG = 32  # asyncio accepts so many before the first of them is counted
_YEAR = 365 * 86_400
_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; "
    "form-action {}; frame-ancestors 'none'; base-uri 'none'"
)
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",  # the address of the page is the link
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
    "X-Robots-Tag": "noindex, nofollow",
    "Server": "blink-clip-bot",  # aiohttp's own names its version and Python's
}
_TEXT = "text/plain; version=0.0.4; charset=utf-8"  # https://prometheus.io/docs/instrumenting/exposition_formats/


@dataclass(frozen=True, slots=True)
class Scrape:
    """The token that `/metrics` requires, and the function that reads its answer."""

    token: str = field(repr=False)
    read: Callable[[], Awaitable[bytes]]


@asynccontextmanager
async def serve(
    port: int,
    *,
    ready: Callable[[], Awaitable[Mapping[str, str]]],
    scrape: Scrape | None = None,
    pages: Pages | None = None,
    host: str = "0.0.0.0",  # noqa: S104 - the host's proxy comes from outside
    silence: float = 10.0,
) -> AsyncGenerator[int]:
    """Serve health, the plain first page and, if given, numbers and sign-in while the context is open.

    `ready` returns one word for each check, "ok" if all is well. A connection that says nothing for `silence` seconds
    is closed. Yields the port.
    """
    connections = Connections(most=_MOST_CONNECTIONS)
    app = web.Application(client_max_size=forms.LARGEST, middlewares=[connections.answering, rendering.as_pages])
    app.add_routes([web.get("/", _home), *_monitoring(ready, scrape), *rendering.static()])
    if pages:
        app.add_routes(pages.routes())
    headers = _headers(pages)

    async def put_headers(_: web.Request, response: web.StreamResponse) -> None:
        response.headers.update(headers)  # also on aiohttp's own answers

    app.on_response_prepare.append(put_headers)
    runner = web.AppRunner(
        app,
        access_log=None,  # it would write down every link
        logger=_protocol_log(),
        auto_decompress=False,  # no form comes compressed
        keepalive_timeout=silence,  # also for the first request
        lingering_time=2.0,
        shutdown_timeout=1.0,
    )
    await runner.setup()
    try:
        assert runner.server
        listening = await asyncio.get_running_loop().create_server(
            partial(connections.open, runner.server), host, port, backlog=_BACKLOG
        )
        try:
            yield listening.sockets[0].getsockname()[1]
        finally:
            listening.close()
    finally:
        await runner.cleanup()


async def _home(request: web.Request) -> web.Response:
    return rendering.answer("plain.html", words.HOME, back=None)


def _protocol_log() -> logging.Logger:
    """Return a logger for aiohttp's server that quotes no request, since that may contain a link."""
    log = logging.getLogger(f"{__name__}.protocol")
    log.addFilter(_without_request)
    return log


def _without_request(record: logging.LogRecord) -> bool:
    """Reduce a record to the type of its error; drop a request that is not HTTP, except at DEBUG."""
    error = record.exc_info[1] if record.exc_info else None
    if isinstance(error, HttpProcessingError) and not logging.getLogger(record.name).isEnabledFor(logging.DEBUG):
        return False
    record.msg, record.args, record.exc_info = "a request could not be served: %s", (type(error).__name__,), None
    return True


class Connections:
    """Makes the protocols of a server's connections, of which at most `most` are open at once."""

    def __init__(self, *, most: int) -> None:
        self._most = most
        self._answered: set[object] = set()

    def open(self, server: web.Server) -> asyncio.Protocol:
        """Return a new connection's protocol.

        If there is no room, closes the oldest connection without a whole request or, if all have one, the new one.
        """
        alive = [one for one in server.connections if one.transport is not None]
        if len(alive) >= self._most:
            silent = next((one for one in alive if one not in self._answered), None)
            if silent is None:
                return _Full()
            silent.force_close()
        return server()

    @web.middleware
    async def answering(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Keep the connection of a request open while it is answered, from the end of its body on."""
        over = False

        def is_whole() -> None:
            if not over:
                self._answered.add(request.protocol)

        request.content.on_eof(is_whole)
        try:
            return await handler(request)
        finally:
            over = True
            self._answered.discard(request.protocol)


class _Full(asyncio.Protocol):
    """Closes a connection for which there is no room."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        transport.close()


def _headers(pages: Pages | None) -> dict[str, str]:
    """Return the headers of every answer.

    Browsers differ in whether a redirect after a form counts as its target
    (https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Content-Security-Policy/form-action).
    """
    targets = ["'self'", *(pages.form_targets if pages else [])]
    headers = {**_HEADERS, "Content-Security-Policy": _POLICY.format(" ".join(targets))}
    if pages and pages.https:
        headers["Strict-Transport-Security"] = f"max-age={_YEAR}"
    return headers


def _monitoring(ready: Callable[[], Awaitable[Mapping[str, str]]], scrape: Scrape | None) -> list[web.RouteDef]:
    """Return `/livez` (the event loop runs), `/readyz` (every check of `ready` is ok) and, if given, `/metrics`."""

    async def livez(_: web.Request) -> web.Response:
        return web.Response(text="alive\n")

    async def readyz(_: web.Request) -> web.Response:
        checks = dict(await ready())
        return web.json_response(checks, status=200 if set(checks.values()) <= {"ok"} else 503)

    found = [web.get("/livez", livez), web.get("/readyz", readyz)]
    return [*found, web.get("/metrics", _metrics(scrape))] if scrape else found


def _metrics(scrape: Scrape) -> Handler:
    wanted = scrape.token.encode()

    async def metrics(request: web.Request) -> web.Response:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        given = token.strip().encode(errors="surrogateescape")
        if not hmac.compare_digest(given, wanted) or scheme.lower() != "bearer":
            return web.Response(status=401, text="unauthorized\n", headers={"WWW-Authenticate": "Bearer"})
        return web.Response(body=await scrape.read(), headers={"Content-Type": _TEXT})

    return metrics
