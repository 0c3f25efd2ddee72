"""What is wrong with cameras is told once to each who wants to know, whatever is killed and whoever else looks."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.alerts import AlertTiming, HealthWatch, NoDirectMessages
from bot.blink import Camera, Inventory, RateLimited, Unreachable
from bot.models import CameraKey, CameraKind, HealthChange, HealthMessage, Hours, Region, Watcher
from bot.store import Store, WrongKey, open_store
from tests.support.databases import SqliteFile, with_tables
from tests.support.examples import KEYRING, an_account
from tests.support.waiting import until

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
ALICE, BOB = 1, 2
DOOR = Camera(CameraKey(CameraKind.OWL, 7, 1), "Front Door", "Home", "Mini", online=True, battery="ok")
GARDEN = Camera(CameraKey(CameraKind.CAMERA, 7, 2), "Garden", "Home", "Outdoor", online=True, battery="ok")
HOUR = timedelta(hours=1)


@dataclass
class Blink:
    """One household as homescreen shows it to whoever links it, by account 5 or one of `accounts`."""

    cameras: dict[str, Camera] = field(default_factory=lambda: {"door": DOOR, "garden": GARDEN})
    accounts: dict[int, int] = field(default_factory=dict[int, int])
    trouble: Exception | None = None
    asked: int = 0
    unopened: set[int] = field(default_factory=set[int])  # people whose link no key opens
    held: asyncio.Event | None = None

    async def session(self, user_id: int) -> "Opened":
        if user_id in self.unopened:
            raise WrongKey
        return Opened(self, self.accounts.get(user_id, 5))

    async def inventory(self, *, max_age: float) -> Inventory:
        self.asked += 1
        if self.held:
            await self.held.wait()
        if self.trouble:
            raise self.trouble
        return Inventory(tuple(self.cameras.values()))

    def change(self, name: str, **changes: Any) -> None:
        self.cameras[name] = replace(self.cameras[name], **changes)


@dataclass
class Opened:
    """A session and its client in one."""

    blink: Blink
    account_id: int

    @property
    def client(self) -> "Opened":
        return self

    async def inventory(self, *, max_age: float) -> Inventory:
        return await self.blink.inventory(max_age=max_age)


@dataclass
class Discord:
    """What people read; `trouble` are what the next calls run into: "away", "closed", or a kill "before" or "after"."""

    messages: dict[str, HealthMessage] = field(default_factory=dict[str, HealthMessage])
    trouble: list[str] = field(default_factory=list[str])

    async def show_health(self, message: HealthMessage) -> HealthMessage | None:
        trouble = self.trouble.pop(0) if self.trouble else ""
        if trouble == "away":
            return None
        if trouble == "closed":
            raise NoDirectMessages
        if trouble == "before":
            await asyncio.Event().wait()
        assert message.resumed or message.id not in self.messages
        self.messages.setdefault(message.id, message)
        if trouble == "after":
            await asyncio.Event().wait()
        return replace(message, channel_id=1, message_id=len(self.messages))

    def read(self, user_id: int = ALICE) -> list[list[tuple[str, str, int]]]:
        mine = [one for one in self.messages.values() if one.user_id == user_id]
        return [[(news.label, news.change.value, news.hours) for news in one.news] for one in mine]


@dataclass
class World:
    """People of one household, and processes that look and tell, by a clock of the test's own."""

    file: SqliteFile
    store: Store
    other: Store
    blink: Blink = field(default_factory=Blink)
    discord: Discord = field(default_factory=Discord)
    now: datetime = NOON

    def watch(self, store: Store | None = None) -> HealthWatch:
        blink: Any = self.blink
        return HealthWatch(
            (store or self.store).alerts, blink, self.discord, now=lambda: self.now, timing=AlertTiming()
        )

    async def hour(self, *, rounds: int = 2) -> None:
        """Let an hour pass, and several rounds in it."""
        self.now += HOUR
        await asyncio.to_thread(self.file.execute, "DELETE FROM health_looks")
        for _ in range(rounds):
            await self.watch().round()

    async def killed_in_the_middle(self, trouble: str) -> None:
        """Begin a round whose process is killed before or after Discord takes its message."""
        self.discord.trouble.append(trouble)
        watch = self.watch(self.other)
        watch.begin()
        await until(lambda: not self.discord.trouble)
        await watch.close()
        await asyncio.to_thread(self.file.execute, "DELETE FROM processes")
        await self.store.alerts.feeds.keep()


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    file = with_tables(tmp_path / "bot.db")
    async with contextlib.AsyncExitStack() as stack:
        store, other = [await stack.enter_async_context(open_store(file.url, KEYRING)) for _ in range(2)]
        for person in (ALICE, BOB):
            await store.accounts.link(an_account(person))
        await store.alerts.subscriptions.remember(Watcher(ALICE, health=True))
        yield World(file, store, other)


OFFLINE, ONLINE, LOW = (one.value for one in (HealthChange.OFFLINE, HealthChange.ONLINE, HealthChange.LOW_BATTERY))


async def test_what_is_well_is_not_told(world: World) -> None:
    for _ in range(3):
        await world.hour()
    assert world.discord.read() == []


async def test_a_camera_is_told_offline_at_the_second_look_and_online_again_each_once(world: World) -> None:
    await world.hour()
    world.blink.change("door", online=False)
    await world.hour()
    assert world.discord.read() == [], "one look says little"
    await world.hour()
    assert world.discord.read() == [[("Front Door", OFFLINE, 1)]]
    await world.hour()
    world.blink.change("door", online=True)
    await world.hour()
    await world.hour()
    assert world.discord.read()[1:] == [[("Front Door", ONLINE, 0)]]


async def test_a_camera_that_was_away_at_a_single_look_is_not_told(world: World) -> None:
    await world.hour()
    for online in (False, True, False, True):
        world.blink.change("door", online=online)
        await world.hour()
    assert world.discord.read() == []


async def test_a_low_battery_is_told_once_until_it_was_good(world: World) -> None:
    await world.hour()
    for battery, messages in (("low", 1), ("low", 1), ("ok", 1), ("Very Low", 2), ("ok", 2)):
        world.blink.change("garden", battery=battery)
        await world.hour()
        assert world.discord.read() == [[("Garden", LOW, 0)]] * messages


async def test_several_at_once_are_one_message(world: World) -> None:
    await world.hour()
    world.blink.change("door", battery="low")
    world.blink.change("garden", battery="low", online=False)
    await world.hour()
    assert world.discord.read() == [[("Front Door", LOW, 0), ("Garden", LOW, 0)]]


async def test_whoever_begins_hears_at_once_of_what_is_wrong_already(world: World) -> None:
    world.blink.change("door", online=False)
    await world.hour()
    assert world.discord.read() == [[("Front Door", OFFLINE, 0)]]
    await world.store.alerts.subscriptions.remember(Watcher(BOB, health=True))
    await world.watch().round()
    assert world.discord.read(BOB) == world.discord.read()
    assert world.blink.asked == 1, "somebody of the household has looked in this hour"
    await world.hour()
    assert len(world.discord.messages) == 2


async def test_an_account_is_looked_at_once_an_hour_by_whatever_process(world: World) -> None:
    await world.store.alerts.subscriptions.remember(Watcher(BOB, health=True))
    for store in (world.store, world.other, world.store, world.other):
        await world.watch(store).round()
    assert world.blink.asked == 1


async def test_nobody_looks_for_those_who_did_not_choose_it_or_cannot_be_told(world: World) -> None:
    for watcher in (Watcher(ALICE), Watcher(ALICE, health=True, unreachable_at=NOON)):
        await world.store.alerts.subscriptions.remember(watcher)
        await world.hour()
    await world.store.alerts.subscriptions.remember(Watcher(ALICE, health=True))
    await asyncio.to_thread(world.file.execute, "UPDATE accounts SET signed_out_at = ?", NOON)
    await world.hour()
    assert world.blink.asked == 0


@pytest.mark.parametrize("trouble", [Unreachable("away"), RateLimited(60.0)], ids=["away", "refused"])
async def test_blink_in_trouble_makes_no_camera_offline_and_none_online(world: World, trouble: Exception) -> None:
    world.blink.change("door", online=False)
    await world.hour()
    world.blink.trouble = trouble
    for _ in range(2):
        await world.hour()
    assert len(world.discord.messages) == 1
    assert world.blink.asked == 3


async def test_one_account_that_cannot_be_looked_at_holds_up_no_other(world: World) -> None:
    await world.store.accounts.link(an_account(BOB, region=Region("e008", 6)))
    await world.store.alerts.subscriptions.remember(Watcher(BOB, health=True))
    world.blink.change("door", battery="low")
    world.blink.accounts, world.blink.unopened, world.blink.held = {BOB: 6}, {ALICE}, asyncio.Event()
    watch = world.watch()
    watch.begin()
    await until(lambda: world.blink.asked == 1)
    world.blink.held.set()
    await until(lambda: len(world.discord.messages) == 1)
    assert world.discord.read(BOB) == [[("Front Door", LOW, 0)]]
    await watch.close()


async def test_after_a_long_silence_of_blink_a_camera_must_be_offline_twice_again(world: World) -> None:
    await world.hour()
    world.blink.change("door", online=False)
    await world.hour()
    world.now += 5 * HOUR
    await world.hour()
    assert world.discord.read() == []
    await world.hour()
    assert world.discord.read() == [[("Front Door", OFFLINE, 1)]]


async def test_an_old_look_is_told_to_nobody(world: World) -> None:
    world.blink.change("door", online=False)
    await world.hour()
    world.now += 5 * HOUR
    world.blink.trouble = Unreachable("away")
    await world.store.alerts.subscriptions.remember(Watcher(BOB, health=True))
    await world.hour()
    assert world.discord.read(BOB) == [], "it may be online again"
    world.blink.trouble = None
    await world.hour()
    assert world.discord.read(BOB) == [[("Front Door", OFFLINE, 0)]]


async def test_in_quiet_hours_it_waits_and_what_is_well_again_is_not_told(world: World) -> None:
    quiet = Hours(NOON.hour * 60, NOON.hour * 60 + 240, "UTC")
    await world.store.alerts.subscriptions.remember(Watcher(ALICE, health=True, quiet=quiet))
    world.blink.change("door", battery="low")
    world.blink.change("garden", battery="low")
    await world.hour()
    world.blink.change("door", battery="ok")
    await world.hour()
    assert world.discord.read() == []
    world.now += 2 * HOUR
    await world.watch().round()
    assert world.discord.read() == [[("Garden", LOW, 0)]]


@pytest.mark.parametrize("trouble", ["before", "after"])
async def test_a_killed_process_is_followed_by_one_that_tells_it_once(world: World, trouble: str) -> None:
    world.blink.change("door", battery="low")
    await world.killed_in_the_middle(trouble)
    for _ in range(2):
        await world.watch().round()
    assert world.discord.read() == [[("Front Door", LOW, 0)]]
    assert await world.store.alerts.health.unfinished() == []


async def test_what_discord_does_not_take_is_told_by_the_next_round(world: World) -> None:
    world.blink.change("door", battery="low")
    world.discord.trouble = ["away", "away"]
    for _ in range(3):
        await world.watch().round()
    assert world.discord.read() == [[("Front Door", LOW, 0)]]


async def test_whose_direct_messages_are_closed_is_asked_no_more(world: World) -> None:
    world.blink.change("door", battery="low")
    world.discord.trouble = ["closed"]
    await world.hour()
    await world.hour()
    assert (await world.store.alerts.subscriptions.watcher(ALICE)).unreachable_at == world.now - HOUR
    assert world.blink.asked == 1
    assert world.discord.read() == []
