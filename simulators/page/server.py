"""The page's web server: on this machine only, for this page only."""

import asyncio
import re
import secrets
from collections.abc import Sequence
from pathlib import Path

from aiohttp import WSCloseCode, web
from aiohttp.typedefs import Handler

from simulators.discord import Channel, SimDiscord, User
from simulators.page.browser import Browser, Scene
from simulators.page.engine import Engine
from simulators.page.files import Shelf
from simulators.page.guide import Guide
from simulators.page.requests import MAX_FRAME
from simulators.servers import WebServer

STATIC = Path(__file__).with_name("static")
KINDS = {".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
OURSELVES = re.compile(r"(?:127\.0\.0\.1|localhost)(?::\d{1,5})?")


class DemoPage:
    """A page that looks like Discord and shows a simulated one through the eyes of its users."""

    def __init__(
        self,
        sim: SimDiscord,
        *,
        server_name: str,
        channel: Channel,
        guides: Sequence[Guide],
    ) -> None:
        """Show `channel` and the DMs of everybody who has a guide."""
        engine = Engine(sim)
        self._scene = Scene(secrets.token_hex(4), server_name, channel, tuple(guides), engine, Shelf(sim.file), set())
        self._open: dict[Browser, web.WebSocketResponse] = {}
        self._server: WebServer | None = None
        sim.subscribe(self._changed)

    async def start(self, port: int = 0) -> str:
        """Listen on 127.0.0.1 and return the page's address."""
        app = web.Application(middlewares=[_guard])
        app.router.add_get("/", _static)
        app.router.add_get("/static/{name}", _static)
        app.router.add_get("/files/{key}", self._scene.shelf.serve)
        app.router.add_get("/socket", self._socket)
        self._server = WebServer(web.AppRunner(app, access_log=None, shutdown_timeout=0.2))
        return f"http://127.0.0.1:{await self._server.start(port)}"

    async def close(self) -> None:
        """Tell every browser that the demo has ended and stop listening."""
        ending = [ws.close(code=WSCloseCode.GOING_AWAY, message=b"the demo has ended") for ws in self._open.values()]
        await asyncio.gather(*ending)
        if self._server:
            await self._server.close()

    def ring(self, user: User, text: str) -> None:
        """Let a text message come to the phone of a user, as far as the page shows it."""
        for guide in self._scene.guides:
            if guide.user is user:
                guide.ring(text)
        self._changed()

    def _changed(self, *_: object) -> None:
        for browser in self._open:
            browser.changed()

    async def _socket(self, request: web.Request) -> web.WebSocketResponse:
        if request.headers.get("Origin") != f"http://{request.host}":
            raise web.HTTPForbidden(text="another site may not use the demo")
        ws = web.WebSocketResponse(max_msg_size=MAX_FRAME, heartbeat=30, timeout=1, compress=False)
        await ws.prepare(request)
        browser = Browser(self._scene, ws)
        self._open[browser] = ws
        try:
            await browser.serve()
        finally:
            del self._open[browser]
        return ws


async def _static(request: web.Request) -> web.Response:
    path = STATIC / request.match_info.get("name", "index.html")
    if path.parent != STATIC or path.suffix not in KINDS or not path.is_file():
        raise web.HTTPNotFound
    return web.Response(body=path.read_bytes(), content_type=KINDS[path.suffix], charset="utf-8")


@web.middleware
async def _guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse names that are not ours (DNS rebinding), and let the page load nothing from elsewhere."""
    try:
        if not OURSELVES.fullmatch(request.host):
            raise web.HTTPForbidden(text="the demo is only for this machine")
        response = await handler(request)
    except web.HTTPException as error:
        error.headers.update(_headers("127.0.0.1"))
        raise
    if not response.prepared:
        response.headers.update(_headers(request.host))
    return response


def _headers(host: str) -> dict[str, str]:
    return {
        "Content-Security-Policy": (
            f"default-src 'self'; connect-src 'self' ws://{host}; object-src 'none'; base-uri 'none'; "
            "form-action 'none'; frame-ancestors 'none'"
        ),
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
    }
