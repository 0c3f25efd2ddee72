"""Tells a host whether the bot is alive and ready."""

from collections.abc import Awaitable, Callable, Mapping

from aiohttp import web

Checks = Mapping[str, str]  # check → one word, "ok" if all is well


def routes(ready: Callable[[], Awaitable[Checks]]) -> list[web.RouteDef]:
    """Return `/livez` (the event loop runs) and `/readyz` (every check of `ready` is ok)."""

    async def livez(_: web.Request) -> web.Response:
        return web.Response(text="alive\n")

    async def readyz(_: web.Request) -> web.Response:
        checks = dict(await ready())
        return web.json_response(checks, status=200 if set(checks.values()) <= {"ok"} else 503)

    return [web.get("/livez", livez), web.get("/readyz", readyz)]
