"""Whatever happens in whatever order, each recording is told exactly once to each person."""

import asyncio
import tempfile
from collections import Counter
from collections.abc import Coroutine
from datetime import timedelta
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from bot.models import Footage
from tests.support import sweeps
from tests.support.waiting import until
from tests.unit.alerts.world import ALICE, BOB, DOOR, GARDEN, AlertsWorld, Recording

EXAMPLES = sweeps.amount(8, 12, 300)
NAMES = st.sampled_from(["first", "second"])


class Alerts(RuleBasedStateMachine):
    """Two processes that may be killed at any moment, and an account where anything may happen in between."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.runner = asyncio.Runner()
        self.world = AlertsWorld(Path(self.folder.name))
        self.looked_at = self.world.clock.now

    def run(self, work: Coroutine[Any, Any, None]) -> None:
        self.runner.run(work)

    @initialize()
    def begin(self) -> None:
        self.run(self.world.begin())

    @rule(
        camera=st.sampled_from([DOOR, GARDEN]),
        partial=st.booleans(),
        late=st.sampled_from([0, 0, 30, 250]),
        seconds=st.sampled_from([0, 1, 20]),
    )
    def something_moves(self, camera: Any, partial: bool, late: float, seconds: float) -> None:
        self.world.clock.passes(seconds)
        now = self.world.clock.now
        media_id = len(self.world.blink.recordings) + 1
        listed_at = now + timedelta(seconds=late)
        self.world.blink.recordings[media_id] = Recording(media_id, camera, now, listed_at, listed_at, partial)

    @rule(data=st.data())
    def blink_finishes_or_somebody_watches_a_recording(self, data: st.DataObject) -> None:
        if recordings := list(self.world.blink.recordings.values()):
            one = data.draw(st.sampled_from(recordings))
            one.partial = False
            one.changed_at = max(one.listed_at, self.world.clock.now)

    @rule(seconds=st.sampled_from([1, 60, 200]))
    def time_passes(self, seconds: float) -> None:
        self.world.clock.passes(seconds)

    @rule(name=NAMES, failures=st.sampled_from([0, 0, 1, 2]))
    def a_process_looks(self, name: str, failures: int) -> None:
        async def look() -> None:
            if name not in self.world.processes:
                await self.world.start(name)
            self.world.blink.failures = failures
            await self.world.processes[name].look()
            await asyncio.sleep(0.02)  # some way towards telling it, however far
            self.world.blink.failures = 0

        self.run(look())

    @rule(trouble=st.sampled_from(["away", "before", "after"]))
    def discord_or_the_process_will_fail(self, trouble: str) -> None:
        self.world.discord.trouble.append(trouble)

    @rule(name=NAMES, softly=st.booleans(), pause=st.sampled_from([0, 0.001, 0.01]))
    def a_process_ends(self, name: str, softly: bool, pause: float) -> None:
        async def end() -> None:
            if name in self.world.processes:
                self.world.wake()
                await asyncio.sleep(pause)
                await (self.world.stop if softly else self.world.kill)(name)

        self.run(end())

    @invariant()
    def nobody_reads_anything_twice(self) -> None:
        for user_id in (ALICE, BOB):
            counted = Counter(alert.media_id for alert in self.world.discord.heard(user_id))
            assert all(count == 1 for count in counted.values()), counted
        assert self.world.discord.twice == []

    @invariant()
    def nobody_is_flooded(self) -> None:
        for user_id in (ALICE, BOB):
            sent = sorted(
                one.sent_at for one in self.world.discord.messages.values() if one.alert_message.user_id == user_id
            )
            assert all(later - first >= timedelta(minutes=10) for first, later in zip(sent, sent[3:], strict=False))

    def teardown(self) -> None:
        try:
            self.run(self.everything_comes_right())
            for user_id in (ALICE, BOB):
                heard = [alert.media_id for alert in self.world.discord.heard(user_id)]
                assert sorted(heard) == sorted(self.world.expected(user_id))
            self.nobody_reads_anything_twice()
            self.nobody_is_flooded()
            assert all(one.footage is Footage.HERE for one in self.world.discord.messages.values())
        finally:
            self.run(self.world.end())
            self.runner.close()
            self.folder.cleanup()

    async def everything_comes_right(self) -> None:
        world = self.world
        for name in list(world.processes):
            await world.kill(name)
        world.discord.trouble.clear()
        world.clock.passes(300)
        for one in world.blink.recordings.values():
            if one.partial:
                one.partial, one.changed_at = False, world.clock.now
        await world.start("last")
        last = world.processes["last"]

        def all_told() -> bool:
            told = {user_id: {one.media_id for one in world.discord.heard(user_id)} for user_id in (ALICE, BOB)}
            return all(told[user_id] >= world.expected(user_id) for user_id in told)

        def all_there() -> bool:
            return all(one.footage is Footage.HERE for one in world.discord.messages.values())

        for _ in range(3):
            await last.look()
            world.clock.passes(601)
            world.wake()
            await asyncio.sleep(0.05)
        await until(lambda: all_told() and all_there(), timeout=10.0)


Alerts.TestCase.settings = settings(
    max_examples=EXAMPLES,
    stateful_step_count=20,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
TestAlerts = Alerts.TestCase
