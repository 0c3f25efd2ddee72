"""A simulated Blink with one household, a real store on a new file, and people linked to it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.accounts import Sessions, link_from_tokens
from bot.blink import Transport
from bot.metrics import Metrics
from bot.models import Account
from bot.store import Keyring, Store, open_store
from simulators import blink as simulated_blink
from simulators.demo.network import connectors
from simulators.demo.tls import Authority
from tests.support.databases import with_tables

ALICE, BOB = 80351110224678912, 1180351110224678913
KEYRING = Keyring(["a secret of the tests, which is long enough"])


@dataclass
class Clock:
    """Our clock, which a test may turn."""

    ahead: timedelta = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


@dataclass
class AccountsSetup:
    """What most tests here need."""

    url: str
    world: simulated_blink.World
    sim: simulated_blink.SimBlink
    alice: simulated_blink.Account
    http: aiohttp.ClientSession
    transport: Transport
    store: Store
    stack: AsyncExitStack
    clock: Clock = field(default_factory=Clock)

    async def link(self, account: simulated_blink.Account | None = None, user_id: int = ALICE, **changes: str) -> Any:
        """Link somebody with BLINK_TOKENS as the documents print it, or with some of its keys changed."""
        parts = dict(part.split("=", 1) for part in (account or self.alice).blink_tokens().split("|"))
        parts |= changes
        text = "|".join(f"{key}={value}" for key, value in parts.items() if value)
        return await link_from_tokens(
            self.store.accounts, self.transport, user_id=user_id, blink_tokens=text, now=self.clock
        )

    async def linked(self, user_id: int = ALICE) -> Account:
        account = await self.store.accounts.account(user_id)
        assert account is not None
        return account

    def sessions(self, store: Any = None, **changes: Any) -> Sessions:
        """Sessions as one process has them."""
        options = {"now": self.clock, **changes}
        sessions = Sessions(store or self.store.accounts, self.transport, Metrics(), **options)
        self.stack.push_async_callback(sessions.close)
        return sessions

    async def other_store(self) -> Store:
        """The same database as another process opens it."""
        return await self.stack.enter_async_context(open_store(self.url, KEYRING))

    def expired(self) -> None:
        """Let our clock say that every token is over."""
        self.clock.ahead += timedelta(hours=5)

    @property
    def refreshes(self) -> list[simulated_blink.Request]:
        return self.sim.asked("token")


class Failing:
    """A store some of whose methods fail a number of times."""

    def __init__(self, store: Any, error: Callable[[], Exception], **times: int) -> None:
        self._store = store
        self._error = error
        self.times = times
        self.calls: list[str] = []
        self.asked: list[dict[str, Any]] = []

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._store, name)

        async def called(*args: Any, **kwargs: Any) -> Any:
            self.calls.append(name)
            self.asked.append(kwargs)
            if self.times.get(name, 0) > 0:
                self.times[name] -= 1
                raise self._error()
            return await method(*args, **kwargs)

        return called


class Held:
    """A store that has read a link, and hands it out when it may go on."""

    def __init__(self, store: Any) -> None:
        self._store = store
        self.read, self.go_on = asyncio.Event(), asyncio.Event()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    async def account(self, user_id: int) -> Account | None:
        account = await self._store.account(user_id)
        self.read.set()
        await self.go_on.wait()
        return account


@pytest.fixture
async def town(tmp_path: Path, authority: Authority) -> AsyncIterator[AccountsSetup]:
    world = simulated_blink.World(tiny_videos=True, setting_seconds=0.0)
    alice = world.add_account(email="alice@example.com")
    home = alice.add_network("Home")
    home.add_camera("Front Door", behaviour=simulated_blink.Behaviour.quick())
    sim = simulated_blink.SimBlink(world)
    url = with_tables(tmp_path / "bot.db").url
    async with AsyncExitStack() as stack:
        stack.push_async_callback(sim.close)
        port = await sim.start(authority.server)
        store = await stack.enter_async_context(open_store(url, KEYRING))
        http = await stack.enter_async_context(
            aiohttp.ClientSession(connector=connectors(discord=0, blink=port)(), cookie_jar=aiohttp.DummyCookieJar())
        )
        yield AccountsSetup(url, world, sim, alice, http, Transport(http), store, stack)
    assert sim.surprises == []
