"""The running bot's numbers, for who has the token."""

import hmac
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from aiohttp import web

_TEXT = "text/plain; version=0.0.4; charset=utf-8"  # https://prometheus.io/docs/instrumenting/exposition_formats/


@dataclass(frozen=True, slots=True)
class Scrape:
    """What `/metrics` answers with, and the token that it asks for."""

    token: str = field(repr=False)
    read: Callable[[], Awaitable[bytes]]


def routes(scrape: Scrape) -> list[web.RouteDef]:
    """Return `/metrics`."""
    wanted = scrape.token.encode()

    async def metrics(request: web.Request) -> web.Response:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        given = token.strip().encode(errors="surrogateescape")
        if not hmac.compare_digest(given, wanted) or scheme.lower() != "bearer":
            return web.Response(status=401, text="unauthorized\n", headers={"WWW-Authenticate": "Bearer"})
        return web.Response(body=await scrape.read(), headers={"Content-Type": _TEXT})

    return [web.get("/metrics", metrics)]
