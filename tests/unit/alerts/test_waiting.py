"""A person who waits through quiet hours, or after many messages, costs next to nothing, and is told in time."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import event

from bot.models import Alert, Hours, Subscription, Watcher
from tests.support.waiting import at_rest, until
from tests.unit.alerts.world import ALICE, BOB, DOOR, NOON, TIMING, AlertsWorld, Recording

QUIET = Hours(NOON.hour * 60, NOON.hour * 60 + 480, "UTC")


class Shares:
    """Shares of what is not `gone`; `asked` is how often Discord would have to say who is in a server."""

    def __init__(self) -> None:
        self.asked = 0
        self.gone = frozenset[Alert]()

    async def may_hear(self, alerts: Sequence[Alert]) -> list[Alert]:
        self.asked += 1
        return [one for one in alerts if one not in self.gone]


class House(AlertsWorld):
    """Bob waits in it, a guest; `reads` are those of one person's rows, by any process."""

    def __init__(self, folder: Path, *, again: float) -> None:
        self.checker = Shares()
        super().__init__(folder, shares=self.checker, timing=replace(TIMING, again=again))
        self.reads = 0

    async def begin(self) -> None:
        await super().begin()
        self.process = self.processes["first"]
        self.store = self.process.store
        await self.store.subscriptions.unsubscribe(Subscription(ALICE, ALICE, NOON))

        def note(connection: object, cursor: object, statement: str, *rest: object) -> None:
            self.reads += "user_id = ?" in statement

        event.listen(self.store.feeds.database._engine.sync_engine, "before_cursor_execute", note)

    async def bob_is(self, *, quiet: Hours | None, muted_for: float = 0.0) -> None:
        muted = {"muted_from": self.clock(), "muted_until": self.clock() + timedelta(seconds=muted_for)}
        await self.store.subscriptions.remember(Watcher(BOB, quiet=quiet, **(muted if muted_for else {})))

    async def films(self, times: int = 1) -> None:
        for _ in range(times):
            media_id, now = len(self.blink.recordings) + 1, self.clock()
            self.blink.recordings[media_id] = Recording(media_id, DOOR, now, now, now, partial=False)
            await self.process.look()
            self.clock.passes(1)

    async def rests(self) -> None:
        await at_rest(lambda: (self.reads, self.checker.asked, len(self.discord.messages)))

    @property
    def heard(self) -> int:
        return len(self.discord.heard(BOB))


@pytest.fixture
def again() -> float:
    """Seconds after which Discord is asked again."""
    return 60.0


@pytest.fixture
async def house(tmp_path: Path, again: float) -> AsyncIterator[House]:
    house = House(tmp_path, again=again)
    await house.begin()
    yield house
    await house.end()


async def test_who_sleeps_is_not_looked_after_again_and_discord_is_not_asked(house: House) -> None:
    await house.bob_is(quiet=QUIET)
    await house.films()
    await house.rests()
    before = house.reads
    for _ in range(3):
        await house.process.keep()
        await house.rests()
    assert (house.reads, house.checker.asked, house.heard) == (before, 0, 0)


async def test_a_new_recording_in_quiet_hours_asks_discord_nothing(house: House) -> None:
    await house.bob_is(quiet=QUIET)
    await house.films(3)
    await house.rests()
    assert (house.checker.asked, house.heard) == (0, 0)


@pytest.mark.parametrize("hours", [None, Hours(0, 60, "UTC")], ids=["none", "others"])
async def test_who_changes_their_quiet_hours_is_told_at_once(house: House, hours: Hours | None) -> None:
    await house.bob_is(quiet=QUIET)
    await house.films()
    await house.rests()
    await house.bob_is(quiet=hours)
    await house.process.keep()
    await until(lambda: house.heard == 1)


async def test_what_waited_is_told_when_the_quiet_hours_are_over_and_not_what_is_unwanted_by_then(house: House) -> None:
    await house.bob_is(quiet=QUIET)
    await house.films(2)
    await house.rests()
    [first, _] = await house.store.alert_messages.waiting_of(BOB)
    house.checker.gone = frozenset({first})
    house.clock.passes(8 * 3600)
    await house.process.keep()
    await until(lambda: not house.process.outbox._people)
    assert [one.media_id for one in house.discord.heard(BOB)] == [2]


async def test_a_mute_drops_what_waits_at_once(house: House) -> None:
    await house.bob_is(quiet=QUIET)
    await house.films()
    await house.rests()
    await house.bob_is(quiet=QUIET, muted_for=3600)
    await house.process.keep()
    await until(lambda: not house.process.outbox._people)
    assert await house.store.alert_messages.waiting_of(BOB) == []


async def test_after_many_messages_discord_is_not_asked_for_what_has_to_wait(house: House) -> None:
    for number in range(1, 4):
        await house.films()
        await until(lambda number=number: house.heard == number)
    await house.films()
    await house.rests()
    asked = house.checker.asked
    for _ in range(3):
        await house.process.keep()
        await house.rests()
    assert (house.checker.asked, house.heard) == (asked, 3)
    house.clock.passes(601)
    await house.process.keep()
    await until(lambda: house.heard == 4)


@pytest.mark.parametrize("again", [TIMING.again])
async def test_what_discord_takes_late_counts_from_then_on(house: House) -> None:
    house.discord.trouble.append(lambda: house.clock.passes(700))
    await house.films(3)
    await until(lambda: len(house.discord.messages) == 3)
    await house.films()
    await house.rests()
    assert len(house.discord.messages) == 3
    house.clock.passes(601)
    await house.process.look()
    await until(lambda: len(house.discord.messages) == 4)
