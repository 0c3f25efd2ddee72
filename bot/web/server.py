"""The bot's own HTTP server, there only where the host gives a PORT."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager

from aiohttp import web

_WELCOME = "blink-clip-bot: a Discord bot that records clips on Blink cameras. There is nothing to see here.\n"


@asynccontextmanager
async def serve(port: int, *, ready: Callable[[], Awaitable[bool]], host: str = "0.0.0.0") -> AsyncGenerator[int]:  # noqa: S104 - the host's proxy comes from outside
    """Serve `/livez` (the loop turns) and `/readyz` (`ready` says so) while the context is open; yields the port."""

    async def readyz(_: web.Request) -> web.Response:
        fine = await ready()
        return web.Response(text="ready\n" if fine else "not ready\n", status=200 if fine else 503)

    async def livez(_: web.Request) -> web.Response:
        return web.Response(text="alive\n")

    async def welcome(_: web.Request) -> web.Response:
        return web.Response(text=_WELCOME)

    app = web.Application(client_max_size=2**16)
    app.add_routes([web.get("/", welcome), web.get("/livez", livez), web.get("/readyz", readyz)])
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()
