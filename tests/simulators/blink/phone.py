"""A small, careless Blink client: it sends what it is told and hides nothing of the answer."""

from __future__ import annotations

import json
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import aiohttp

from simulators.blink import Account, Camera, Network, SimBlink, World
from simulators.blink.behaviour import PRODUCT
from simulators.demo.network import connectors
from tests.support.waiting import until

OAUTH = "api.oauth.blink.com"
PROD = "rest-prod.immedia-semi.com"


@dataclass(frozen=True)
class Heard:
    """One whole answer."""

    status: int
    headers: dict[str, str]
    raw: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.raw)


class Phone:
    """The app of one account, signed in."""

    scheme = "http"

    def __init__(self, session: aiohttp.ClientSession, account: Account, token: str | None = None) -> None:
        self.session = session
        self.account = account
        tokens = account.sign_in()
        self.token = tokens.access if token is None else token
        self.refresh = tokens.refresh or ""

    async def send(
        self, method: str, path: str, *, host: str | None = None, headers: dict[str, str] | None = None, **more: Any
    ) -> Heard:
        url = f"{self.scheme}://{host or f'rest-{self.account.tier}.immedia-semi.com'}{path}"
        everything = {"Authorization": f"Bearer {self.token}", **(headers or {})}
        async with self.session.request(method, url, headers=everything, allow_redirects=False, **more) as answer:
            return Heard(answer.status, dict(answer.headers), await answer.read())

    async def get(self, path: str, **more: Any) -> Heard:
        return await self.send("GET", path, **more)

    async def post(self, path: str, **more: Any) -> Heard:
        return await self.send("POST", path, **more)

    async def renew(self, *, client: str = "android", headers: dict[str, str] | None = None, **fields: str) -> Heard:
        form = {"grant_type": "refresh_token", "refresh_token": self.refresh, "client_id": client, "scope": "client"}
        url = f"{self.scheme}://{OAUTH}/oauth/token"
        async with self.session.post(url, data={**form, **fields}, headers=headers) as answer:
            return Heard(answer.status, dict(answer.headers), await answer.read())

    async def clip(self, camera: Camera) -> Heard:
        return await self.post(clip_path(camera))

    async def poll(self, camera: Camera, command: int) -> Any:
        return (await self.get(f"/network/{camera.network.id}/command/{command}")).json

    async def manifest(self, network: Network) -> dict[str, Any]:
        """Have the stick listed and return the list as soon as it is ready."""
        path = stick_path(network, "manifest/request")
        started = await self.post(path)
        assert started.status == 200, started
        await self.ended(network)
        heard = await self.get(f"{path}/{started.json['id']}")
        assert heard.status == 200, heard
        return heard.json

    async def ended(self, network: Network) -> None:
        """Wait until nothing runs on a network."""
        clock = network.account.cloud.clock
        await until(lambda: not any(command.running(clock()) for command in network.commands))

    async def media(self, since: datetime | None = None, page: int = 1) -> list[dict[str, Any]]:
        moment = since or self.account.cloud.now() - timedelta(days=1)
        path = f"/api/v1/accounts/{self.account.id}/media/changed"
        heard = await self.get(path, params={"since": moment.isoformat(), "page": str(page)})
        assert heard.status == 200, heard
        return heard.json["media"]


def clip_path(camera: Camera, what: str = "clip") -> str:
    network, account = camera.network.id, camera.network.account.id
    if camera.kind == "camera":
        return f"/network/{network}/camera/{camera.id}/{what}"
    group = "doorbells" if camera.kind == "doorbell" else "owls"
    return f"/api/v1/accounts/{account}/networks/{network}/{group}/{camera.id}/{what}"


def stick_path(network: Network, what: str) -> str:
    account = network.account.id
    return f"/api/v1/accounts/{account}/networks/{network.id}/sync_modules/{network.sync_id}/local_storage/{what}"


def stick_clip(network: Network, manifest: Any, clip: Any, what: str = "request") -> str:
    return stick_path(network, f"manifest/{manifest}/clip/{what}/{clip}")


def picture_path(camera: Camera, product: str | None = None) -> str:
    network, kind = camera.network, product or PRODUCT[camera.kind]
    return (
        f"/api/v3/media/accounts/{network.account.id}/networks/{network.id}/{kind}/{camera.id}/thumbnail/thumbnail.jpg"
    )


@asynccontextmanager
async def running(
    world: World, context: ssl.SSLContext | None = None
) -> AsyncIterator[tuple[SimBlink, aiohttp.ClientSession]]:
    """Serve a world under Blink's own host names; without a TLS context it speaks plain HTTP."""
    sim = SimBlink(world)
    port = await sim.start(context)
    try:
        async with aiohttp.ClientSession(connector=connectors(discord=0, blink=port)()) as session:
            yield sim, session
    finally:
        await sim.close()
