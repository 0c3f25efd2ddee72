"""What a person may no longer hear of when their message goes out is not in it, not even as a name or a number."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from bot.alerts import Unsure
from bot.models import Alert, CameraKey, Footage
from tests.support.waiting import until
from tests.unit.alerts.world import ALICE, BOB, CLUB, DOOR, GARDEN, TIMING, AlertsWorld, Recording

OTHER_CLUB = CLUB + 1


class Shares:
    """Shares of some cameras, which their owner takes back."""

    def __init__(self) -> None:
        self.cameras = {DOOR, GARDEN}
        self.servers = {CLUB, OTHER_CLUB}
        self.unknown: set[CameraKey] = set()
        self.asked = 0

    async def may_hear(self, alerts: Sequence[Alert]) -> list[Alert]:
        self.asked += 1
        if alerts[0].camera in self.unknown:
            raise Unsure
        return [one for one in alerts if one.camera in self.cameras and one.guild_id in self.servers]


@pytest.fixture
def shared() -> Shares:
    return Shares()


@contextlib.asynccontextmanager
async def living(folder: Path, shares: Shares, **timing: float) -> AsyncIterator[AlertsWorld]:
    world = AlertsWorld(folder, shares=shares, timing=replace(TIMING, **timing))
    await world.begin()
    store = world.processes["first"].store
    [subscription] = await store.subscriptions.of_person(BOB)
    assert await store.subscriptions.subscribe(replace(subscription, cameras=None))
    [own] = await store.subscriptions.of_person(ALICE)
    await store.subscriptions.unsubscribe(own)
    try:
        yield world
    finally:
        await world.end()


def films(world: AlertsWorld, *cameras: CameraKey, partial: bool = False) -> None:
    for camera in cameras:
        world.clock.passes(1)
        now, media_id = world.clock.now, len(world.blink.recordings) + 1
        world.blink.recordings[media_id] = Recording(media_id, camera, now, now, now, partial)


def read(world: AlertsWorld) -> list[tuple[list[str], Footage]]:
    """Return what Bob reads: the names of the cameras in each message, and what it shows."""
    return [([a.label for a in one.alert_message.alerts], one.footage) for one in world.discord.messages.values()]


async def refused_by_discord(world: AlertsWorld, meanwhile: Callable[[], object] = lambda: None) -> None:
    """Let Discord refuse the first try, and something happen before the next one begins."""
    world.discord.trouble = [meanwhile]
    await world.processes["first"].look()
    await until(lambda: not world.discord.trouble)


async def all_told(world: AlertsWorld) -> None:
    process = world.processes["first"]

    async def nothing_left() -> bool:
        await process.keep()
        await asyncio.sleep(0.02)
        # In this order: what waits becomes what is being told.
        return (
            not await process.store.alert_messages.waiting_of(BOB)
            and not await process.store.alert_messages.unfinished()
        )

    async with asyncio.timeout(40):
        while not await nothing_left():
            pass


async def test_a_camera_taken_back_before_the_message_goes_out_is_not_in_it(tmp_path: Path, shared: Shares) -> None:
    async with living(tmp_path, shared) as world:
        films(world, DOOR, GARDEN, DOOR, GARDEN)
        await refused_by_discord(world, lambda: shared.cameras.remove(DOOR))
        await all_told(world)
        assert read(world) == [(["Garden", "Garden"], Footage.HERE)]


async def test_a_camera_taken_back_is_counted_no_longer_where_another_is_shown(tmp_path: Path, shared: Shares) -> None:
    async with living(tmp_path, shared) as world:
        films(world, DOOR, GARDEN, DOOR, GARDEN)
        await refused_by_discord(world, lambda: shared.cameras.remove(GARDEN))
        await all_told(world)
        assert read(world) == [(["Front Door", "Front Door"], Footage.HERE)]


async def test_when_all_is_taken_back_nothing_comes(tmp_path: Path, shared: Shares) -> None:
    async with living(tmp_path, shared) as world:
        films(world, DOOR)
        await refused_by_discord(world, shared.cameras.clear)
        await all_told(world)
        assert read(world) == []


async def test_what_discord_never_takes_is_given_up(tmp_path: Path, shared: Shares) -> None:
    async with living(tmp_path, shared, give_up=0.1) as world:
        films(world, DOOR)
        world.discord.trouble = ["away"] * 1000
        await world.processes["first"].look()
        await all_told(world)
        assert read(world) == []


async def test_of_many_recordings_of_one_camera_it_is_asked_once_whether_they_may_be_told(
    tmp_path: Path, shared: Shares
) -> None:
    async with living(tmp_path, shared) as world:
        films(world, *[DOOR] * 30)
        await world.processes["first"].look()
        await all_told(world)
        assert [len(names) for names, _ in read(world)] == [30]
        assert shared.asked < 10


async def test_a_camera_of_which_nobody_is_sure_holds_up_no_other(tmp_path: Path, shared: Shares) -> None:
    async with living(tmp_path, shared) as world:
        shared.unknown.add(DOOR)
        films(world, DOOR, GARDEN)
        await world.processes["first"].look()
        await until(lambda: read(world) == [(["Garden"], Footage.HERE)])
        shared.unknown.clear()
        await all_told(world)
        assert read(world) == [(["Garden"], Footage.HERE), (["Front Door"], Footage.HERE)]


@pytest.mark.parametrize("left", [set[int](), {CLUB}, {OTHER_CLUB}], ids=["neither", "the first", "the second"])
async def test_what_one_server_no_longer_lets_them_hear_comes_by_another_that_does(
    tmp_path: Path, shared: Shares, left: set[int]
) -> None:
    async with living(tmp_path, shared) as world:
        subscriptions = world.processes["first"].store.subscriptions
        [subscription] = await subscriptions.of_person(BOB)
        assert await subscriptions.subscribe(replace(subscription, guild_id=OTHER_CLUB))
        shared.servers = left
        films(world, DOOR, GARDEN)
        await world.processes["first"].look()
        await all_told(world)
        assert sorted(read(world)) == ([(["Front Door"], Footage.HERE), (["Garden"], Footage.HERE)] if left else [])
        assert {one.alert_message.head.guild_id for one in world.discord.messages.values()} == left
