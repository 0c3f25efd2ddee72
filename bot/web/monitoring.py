"""Tells a host whether the bot is alive and ready, and its numbers to those who have the token."""

import hmac
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from aiohttp import web
from aiohttp.typedefs import Handler

_TEXT = "text/plain; version=0.0.4; charset=utf-8"  # https://prometheus.io/docs/instrumenting/exposition_formats/

Checks = Mapping[str, str]  # check → one word, "ok" if all is well


@dataclass(frozen=True, slots=True)
class Scrape:
    """The token that `/metrics` requires, and the function that reads its answer."""

    token: str = field(repr=False)
    read: Callable[[], Awaitable[bytes]]


def monitoring(ready: Callable[[], Awaitable[Checks]], scrape: Scrape | None) -> list[web.RouteDef]:
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
