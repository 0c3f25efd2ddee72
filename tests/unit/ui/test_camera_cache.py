"""Cameras while somebody types: from memory, and looked at anew beside that, seldom."""

import asyncio
import gc
import weakref
from typing import Any

import pytest

from bot.models import StorageUnavailable
from bot.ui.camera_cache import CachedCameras, CameraCache, Unseen, seen
from simulators.blink import Fault
from tests.support.linked import ALICE, BOB, AccountsSetup, Failing, town
from tests.support.waiting import until

__all__ = ["town"]

CAROL = 42


class Typing:
    """People who type between a Blink and a database that are watched."""

    def __init__(self, town: AccountsSetup, **options: Any) -> None:
        self.town = town
        self.store = Failing(town.store.accounts, StorageUnavailable)
        self.sessions = town.sessions(self.store, sure_for=0.0)
        self.looks: set[asyncio.Future[Any]] = set()
        self.cache = CameraCache(self.sessions, self._keep, **options)

    def _keep(self, look: Any) -> None:
        self.looks.add(look)

    async def cameras(self, user_id: int = ALICE, *, within: float = 5.0) -> CachedCameras | Unseen:
        return await seen(self.cache.of(user_id), until=asyncio.get_running_loop().time() + within)

    @property
    def asked(self) -> tuple[int, int]:
        """How often the database, and Blink for cameras, were asked."""
        return self.store.calls.count("account"), len(self.town.sim.asked("homescreen"))

    def later(self, seconds: float) -> None:
        """Let our clock go on."""
        self.town.clock.ahead += type(self.town.clock.ahead)(seconds=seconds)


@pytest.fixture
async def linked(town: AccountsSetup) -> AccountsSetup:
    await town.link()
    town.sim.requests.clear()
    return town


async def test_what_was_seen_lately_costs_nothing(linked: AccountsSetup) -> None:
    typing = Typing(linked)
    first = await typing.cameras()
    assert isinstance(first, CachedCameras)
    assert [one.name for one in first.inventory.cameras] == ["Front Door"]
    for _ in range(10):
        assert isinstance(typing.cache.of(ALICE), CachedCameras)
    assert typing.asked == (1, 1)
    assert len(typing.looks) == 1


async def test_what_is_old_is_shown_and_looked_at_once_beside_that(linked: AccountsSetup) -> None:
    typing = Typing(linked, again=0.0)
    await typing.cameras()
    linked.alice.networks[0].add_camera("Shed")
    typing.later(31)
    for _ in range(10):
        old = typing.cache.of(ALICE)
        assert isinstance(old, CachedCameras)
        assert len(old.inventory.cameras) == 1
    await asyncio.gather(*typing.looks)
    new = typing.cache.of(ALICE)
    assert isinstance(new, CachedCameras)
    assert len(new.inventory.cameras) == 2
    assert typing.asked == (2, 2)


async def test_somebody_without_a_link_is_not_looked_for_with_each_letter(linked: AccountsSetup) -> None:
    seldom, always = Typing(linked, again=3600.0), Typing(linked, again=0.0)
    for _ in range(5):
        assert await seldom.cameras(BOB) is await always.cameras(BOB) is Unseen.NOT_LINKED
    assert (seldom.asked, always.asked) == ((1, 0), (5, 0))


async def test_a_blink_that_fails_is_not_asked_with_each_letter(linked: AccountsSetup) -> None:
    typing = Typing(linked, again=3600.0)
    linked.sim.faults.append(Fault("homescreen", status=403, times=None))
    for _ in range(5):
        assert await typing.cameras() is Unseen.FAILED
    assert typing.asked == (1, 1)


async def test_a_database_that_is_away_shows_nothing_of_whom_is_not_known(linked: AccountsSetup) -> None:
    typing = Typing(linked)
    typing.store.times["account"] = 99
    assert await typing.cameras() is Unseen.FAILED


async def test_what_is_not_seen_in_time_is_seen_a_moment_later(linked: AccountsSetup) -> None:
    typing = Typing(linked)
    go_on = asyncio.Event()
    linked.sim.faults.append(Fault("homescreen", delay=go_on))
    assert await typing.cameras(within=0.05) is Unseen.LATER
    go_on.set()
    assert isinstance(await typing.cameras(), CachedCameras)
    assert typing.asked == (1, 1)


async def test_somebody_whom_blink_signed_out_is_shown_nothing(linked: AccountsSetup) -> None:
    typing = Typing(linked, again=0.0)
    await typing.cameras()
    await linked.store.accounts.mark_signed_out(await linked.linked(), at=linked.clock())
    typing.later(31)
    await typing.cameras()
    await asyncio.gather(*typing.looks)
    assert await typing.cameras() is Unseen.SIGNED_OUT
    assert typing.asked[1] == 1, "Blink is left alone"


async def test_who_is_unlinked_is_forgotten_at_once(linked: AccountsSetup) -> None:
    typing = Typing(linked)
    assert isinstance(await typing.cameras(), CachedCameras)
    await linked.store.accounts.unlink(ALICE)
    typing.cache.forget(ALICE)
    assert await typing.cameras() is Unseen.NOT_LINKED


async def test_a_look_from_before_somebody_was_unlinked_is_not_believed(linked: AccountsSetup) -> None:
    typing = Typing(linked)
    linked.sim.faults.append(Fault("homescreen", action="hang"))
    looking = asyncio.create_task(typing.cameras())
    await until(lambda: typing.store.calls)
    await linked.store.accounts.unlink(ALICE)
    typing.cache.forget(ALICE)
    assert await looking is Unseen.LATER
    assert await typing.cameras() is Unseen.NOT_LINKED


async def test_a_look_that_is_over_is_forgotten_when_somebody_else_types(linked: AccountsSetup) -> None:
    typing = Typing(linked, again=0.0)
    assert isinstance(await typing.cameras(), CachedCameras)
    (look,) = map(weakref.ref, typing.looks)
    typing.looks.clear()
    await typing.cameras(BOB)
    gc.collect()
    assert look() is None


async def test_only_so_many_looks_are_remembered(linked: AccountsSetup) -> None:
    typing = Typing(linked, most=2)
    for user_id in (BOB, CAROL, 43, CAROL, 43):
        await typing.cameras(user_id)
    assert typing.asked == (3, 0)
    await typing.cameras(BOB)
    assert typing.asked == (4, 0)
