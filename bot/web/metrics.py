"""Serves the running bot's numbers to those who have the token."""

import hmac
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from aiohttp import web

_TEXT = "text/plain; version=0.0.4; charset=utf-8"  # https://prometheus.io/docs/instrumenting/exposition_formats/


@dataclass(frozen=True, slots=True)
class Scrape:
    """The token that `/metrics` requires, and the function that reads its answer."""

    token: str = field(repr=False)
    read: Callable[[], Awaitable[bytes]]


def routes(scrape: Scrape) -> list[web.RouteDef]:
    """Return the route of `/metrics`."""
    wanted = scrape.token.encode()

    async def metrics(request: web.Request) -> web.Response:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        given = token.strip().encode(errors="surrogateescape")
        if not hmac.compare_digest(given, wanted) or scheme.lower() != "bearer":
            return web.Response(status=401, text="unauthorized\n", headers={"WWW-Authenticate": "Bearer"})
        return web.Response(body=await scrape.read(), headers={"Content-Type": _TEXT})

    return [web.get("/metrics", metrics)]
