"""Wrong clocks and moments that cannot be: nothing is told twice, nothing is missed, and nothing waits for them."""

from collections import Counter
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.blink import MediaEntry
from tests.support.waiting import until
from tests.unit.alerts.world import ALICE, GARDEN, AlertsWorld, Blink, Recording


class OddClock(Blink):
    """A Blink whose answers bear a date that is `ahead`; it is believed from then on, until the next answer."""

    ahead = timedelta()
    believed = timedelta()

    def blink_now(self) -> datetime:
        return super().blink_now() + self.believed

    async def media_since(self, since: datetime, *, partial: bool = False, at_once: bool = True) -> list[MediaEntry]:
        listed = await super().media_since(since, partial=partial, at_once=at_once)
        self.believed = self.ahead
        return listed


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[AlertsWorld]:
    world = AlertsWorld(tmp_path)
    world.blink = OddClock(world.clock)
    await world.begin()
    yield world
    await world.end()


def films(world: AlertsWorld, *, at: datetime | None = None, partial: bool = False) -> int:
    now, media_id = world.clock.now, len(world.blink.recordings) + 1
    # A camera of Alice's alone, so that what one person reads is all there is.
    world.blink.recordings[media_id] = Recording(media_id, GARDEN, at or now, now, now, partial)
    return media_id


async def looks(world: AlertsWorld) -> None:
    for process in list(world.processes.values()):
        await process.look()
    world.clock.passes(60)


def heard(world: AlertsWorld) -> Counter[int]:
    return Counter(one.media_id for one in world.discord.heard(ALICE))


async def told(world: AlertsWorld, *media_ids: int) -> None:
    await until(lambda: heard(world) == Counter(media_ids))

    async def written_down() -> bool:
        return not [
            one for process in world.processes.values() for one in await process.store.alert_messages.unfinished()
        ]

    while not await written_down():
        world.wake()


async def test_a_date_that_leaps_ahead_once_has_nothing_told_twice_or_missed(world: AlertsWorld) -> None:
    assert isinstance(world.blink, OddClock)
    first = films(world)
    await looks(world)
    await told(world, first)
    world.blink.ahead = timedelta(days=2)
    second = films(world)
    await looks(world)
    await told(world, first, second)
    world.blink.ahead = timedelta()
    world.clock.passes(601)  # a new turn of messages, and Blink was away so long
    third = films(world)
    await looks(world)
    await told(world, first, second, third)
    await looks(world)
    await looks(world)
    await told(world, first, second, third)


async def test_where_a_process_ends_after_such_a_leap_the_next_one_does_not_wait_for_that_day(
    world: AlertsWorld,
) -> None:
    assert isinstance(world.blink, OddClock)
    world.blink.ahead = timedelta(days=365)
    first = films(world)
    await looks(world)
    await told(world, first)
    await world.stop("first")
    world.blink.ahead = world.blink.believed = timedelta()
    second = films(world)
    await world.start("second")
    await looks(world)
    await told(world, first, second)


async def test_a_recording_from_the_future_is_told_once_and_holds_up_no_other(world: AlertsWorld) -> None:
    future = films(world, at=world.clock.now + timedelta(days=3650), partial=True)
    await looks(world)
    other = films(world)
    await looks(world)
    await until(lambda: other in heard(world))
    world.blink.recordings[future].partial = False
    world.blink.recordings[future].changed_at = world.clock.now
    await looks(world)
    await told(world, future, other)
    await world.kill("first")
    world.clock.passes(601)
    world.blink.recordings[future].changed_at = world.clock.now + timedelta(days=3650)
    await world.start("second")
    third = films(world)
    await looks(world)
    await looks(world)
    await told(world, future, other, third)
    [feed] = await world.processes["second"].store.feeds.keep()
    assert feed.cursor <= world.clock.now


async def test_after_a_day_that_the_bots_own_clock_was_ahead_people_are_told_as_usual(world: AlertsWorld) -> None:
    world.clock.passes(86400)
    for number in range(1, 4):
        films(world)
        await looks(world)
        await until(lambda number=number: len(heard(world)) == number)
    world.clock.passes(-86400)
    await told(world, 1, 2, 3)
    fourth = films(world)
    await looks(world)
    await told(world, 1, 2, 3, fourth)
