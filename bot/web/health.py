"""What a host asks to know whether the bot is alive and ready."""

from collections.abc import Awaitable, Callable

from aiohttp import web


def routes(ready: Callable[[], Awaitable[bool]]) -> list[web.RouteDef]:
    """Return `/livez` (the loop turns) and `/readyz` (`ready` says so)."""

    async def livez(_: web.Request) -> web.Response:
        return web.Response(text="alive\n")

    async def readyz(_: web.Request) -> web.Response:
        fine = await ready()
        return web.Response(text="ready\n" if fine else "not ready\n", status=200 if fine else 503)

    return [web.get("/livez", livez), web.get("/readyz", readyz)]
