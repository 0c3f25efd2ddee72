"""A scripted Blink, a simulated one, and a client that talks to them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import aiohttp
import pytest

from bot.blink import BlinkClient, BlinkError, Transport
from bot.models import CameraKey, CameraKind
from simulators.blink import Account, Behaviour, Camera, SimBlink, World
from simulators.demo.network import connectors
from simulators.demo.tls import Authority
from tests.support.scripted import Say, Scripted

Found = TypeVar("Found")
SEED = Path(__file__).parents[2] / "fixtures" / "seed"
CAMERA = CameraKey(CameraKind.CAMERA, 1234, 123456)
ACCOUNT = 4242
SECRETS = ("first-access-token", "second-access-token", "a-refresh-token-1", "a-refresh-token-2")


def seed(name: str) -> bytes:
    """One of the protocol page's own examples, byte for byte."""
    return (SEED / name).read_bytes()


class Bearer:
    """Hands out a token, and another one when it was rejected."""

    def __init__(self, *tokens: str) -> None:
        self.tokens = list(tokens or SECRETS[:2])
        self.rejected: list[str] = []
        self.trouble: BlinkError | None = None

    async def token(self, *, rejected: str | None = None) -> str:
        if rejected is not None:
            self.rejected.append(rejected)
            if self.trouble:
                raise self.trouble
            if rejected == self.tokens[0] and len(self.tokens) > 1:
                self.tokens.pop(0)
        return self.tokens[0]


@pytest.fixture
async def blink(authority: Authority) -> AsyncIterator[Scripted]:
    async with Scripted().running(authority.server) as server:
        yield server


@pytest.fixture
def patience(request: pytest.FixtureRequest) -> float:
    """Seconds for each request: only a test that is given an answer which never comes has to wait for their end."""
    callspec: Any = getattr(request.node, "callspec", None)
    given = callspec.params.values() if callspec else ()
    says = [say for one in given for say in (one if isinstance(one, list) else [one]) if isinstance(say, Say)]
    return 1.5 if any(say.how in ("hang", "stall") for say in says) else 20.0


@pytest.fixture
async def transport(blink: Scripted, patience: float) -> AsyncIterator[Transport]:
    async with blink.session() as http:
        yield Transport(http, timeout=patience, video_timeout=patience)


@pytest.fixture
def bearer() -> Bearer:
    return Bearer()


@pytest.fixture
def client(transport: Transport, bearer: Bearer) -> BlinkClient:
    return BlinkClient(transport, bearer, tier="e008", account_id=ACCOUNT)


@dataclass
class Home:
    """A simulated household with one of each kind of camera, and the client of whoever lives there."""

    world: World
    sim: SimBlink
    http: aiohttp.ClientSession
    account: Account
    front: Camera
    mini: Camera
    bell: Camera
    client: BlinkClient

    def client_of(self, account: Account) -> BlinkClient:
        return BlinkClient(
            Transport(self.http), Bearer(account.sign_in().access), tier=account.tier, account_id=account.id
        )


def key_of(camera: Camera) -> CameraKey:
    kinds = {"camera": CameraKind.CAMERA, "doorbell": CameraKind.DOORBELL}
    return CameraKey(kinds.get(camera.kind, CameraKind.OWL), camera.network.id, camera.id)


@pytest.fixture
async def home(authority: Authority) -> AsyncIterator[Home]:
    world = World(tiny_videos=True, setting_seconds=0.0)
    account = world.add_account(email="alice@example.com")
    network, quick = account.add_network("Home"), Behaviour.quick()
    front = network.add_camera("Front Door", behaviour=quick)
    mini = network.add_camera("Kitchen", "mini", behaviour=quick)
    bell = network.add_camera("Doorbell", "doorbell", behaviour=quick)
    sim = SimBlink(world)
    port = await sim.start(authority.server)
    try:
        async with aiohttp.ClientSession(
            connector=connectors(discord=0, blink=port)(), cookie_jar=aiohttp.DummyCookieJar()
        ) as http:
            client = BlinkClient(
                Transport(http), Bearer(account.sign_in().access), tier=account.tier, account_id=account.id
            )
            yield Home(world, sim, http, account, front, mini, bell, client)
    finally:
        await sim.close()
    assert sim.surprises == []


def without_secrets(text: str) -> bool:
    """Whether a text is free of what these tests use as secrets."""
    return not any(secret in text for secret in SECRETS)


async def eventually(ask: Callable[[], Awaitable[Found | None]], timeout: float = 20.0) -> Found:
    """Ask until there is an answer."""
    async with asyncio.timeout(timeout):
        while not (found := await ask()):  # noqa: ASYNC110 - what is asked may be anything
            await asyncio.sleep(0.01)
    return found
