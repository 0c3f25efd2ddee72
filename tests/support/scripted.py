"""A server under Blink's own host names that answers what a test has written down, however odd."""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import parse_qsl

import aiohttp
from aiohttp import web

from simulators.demo.network import connectors
from simulators.servers import WebServer

TESTS_MOST = 1 << 16


@dataclass(frozen=True)
class Say:
    """One answer; `body` is sent as it is if it is bytes, else as JSON.

    - whole: the answer as it should be. chunked: without Content-Length.
    - reset: the connection is cut instead. half: cut in the middle of the body.
    - hang: nothing ever comes. stall: half of the body comes, and then nothing.
    - raw: `body` is all that goes over the wire, status line included; then the connection is closed.
    """

    body: Any = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    how: Literal["whole", "chunked", "reset", "half", "hang", "stall", "raw"] = "whole"

    @property
    def raw(self) -> bytes:
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


@dataclass(frozen=True)
class Heard:
    """A request as it arrived."""

    method: str
    host: str
    target: str
    headers: Mapping[str, str]
    body: str

    @property
    def bearer(self) -> str | None:
        value = self.headers.get("Authorization")
        return value.removeprefix("Bearer ") if value else None

    @property
    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.body, strict_parsing=True))


class Scripted:
    """Answers in the order in which they were written down; the last one again and again."""

    def __init__(self) -> None:
        self.answers: list[Say] = []
        self.heard: list[Heard] = []
        self.port = 0
        self._closing = asyncio.Event()

    def says(self, *answers: Say) -> None:
        self.answers[:] = answers

    @asynccontextmanager
    async def running(self, context: ssl.SSLContext) -> AsyncIterator[Scripted]:
        runner = web.ServerRunner(web.Server(self._handle, access_log=None), handle_signals=False, shutdown_timeout=1)
        server = WebServer(runner, context)
        self.port = await server.start()
        try:
            yield self
        finally:
            self._closing.set()
            await server.close()

    def session(self) -> aiohttp.ClientSession:
        return aiohttp.ClientSession(
            connector=connectors(discord=0, blink=self.port)(), cookie_jar=aiohttp.DummyCookieJar()
        )

    async def _handle(self, http: web.BaseRequest) -> web.StreamResponse:
        body = (await http.read()).decode()
        self.heard.append(Heard(http.method, http.headers["Host"], http.raw_path, dict(http.headers), body))
        say = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if say.how == "hang":
            await self._closing.wait()
        if say.how in ("hang", "reset"):
            return _cut(http)
        if say.how == "raw":
            assert http.transport
            http.transport.write(say.raw)
            http.transport.close()
            return web.Response()
        return await self._answer(http, say)

    async def _answer(self, http: web.BaseRequest, say: Say) -> web.StreamResponse:
        response = web.StreamResponse(status=say.status, headers={"Content-Type": "application/json", **say.headers})
        if say.how == "chunked":
            response.enable_chunked_encoding()
        elif "Content-Length" not in say.headers:
            response.content_length = len(say.raw)
        await response.prepare(http)
        sent = say.raw[: len(say.raw) // 2] if say.how in ("half", "stall") else say.raw
        try:
            for start in range(0, len(sent), TESTS_MOST):
                await response.write(sent[start : start + TESTS_MOST])
            if say.how == "stall":
                await self._closing.wait()
            if say.how in ("half", "stall"):
                return _cut(http)
            await response.write_eof()
        except ConnectionError:
            pass  # the client has heard enough
        return response


def _cut(http: web.BaseRequest) -> web.StreamResponse:
    if http.transport:
        http.transport.abort()
    return web.Response()
