"""A process that has lost a clip, or may have, asks and shows nothing more of it, and leaves nothing behind."""

import asyncio
import re
import signal
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from simulators.blink import Behaviour
from simulators.demo.tls import Authority
from simulators.discord import Fault
from tests.support.bots import bots
from tests.support.house import text_of, video_in
from tests.support.postgres import Postgres, Server
from tests.support.relay import Relay, relay
from tests.support.street import Street
from tests.support.waiting import until

# The command says something new at each moment, so that whoever follows it has something to draw.
TALKATIVE = tuple((stage, "running", 0.1) for stage in ("sm", "dev", "is") * 18)
SLOW = Behaviour.quick(stages=(*TALKATIVE, ("vs", "done", 0.0)))
SILENT = Behaviour.quick(stages=(("rest", "new", 1.0), ("dev", "running", 5.0), ("vs", "done", 0.0)))
LONG = 300.0  # seconds, for which another process has a clip without giving a sign of itself again
QUIET = 0.6  # seconds, in which a process that has work would have polled twenty times


class ByRelay:
    """A PostgreSQL database that the bot reaches by a relay, and the test directly."""

    def __init__(self, direct: Postgres, wire: Relay) -> None:
        self.url = re.sub(r"(?<=127\.0\.0\.1):\d+", f":{wire.port}", direct.url)
        self.wire = wire
        self._direct = direct

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        return self._direct.rows(query, *values)

    def execute(self, statement: str, *values: Any) -> None:
        self._direct.execute(statement, *values)


@pytest.fixture
async def database(postgres_server: Server) -> AsyncIterator[ByRelay]:
    direct = Postgres(postgres_server.url(postgres_server.create(), query="sslmode=disable"))
    async with relay(postgres_server.port) as wire:
        with direct.kept():
            yield ByRelay(direct, wire)


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))


def left_behind() -> list[str]:
    """Return the tasks and files of clips that this process has."""
    tasks = [task.get_name() for task in asyncio.all_tasks()]
    files = Path(tempfile.gettempdir()).glob("blink-clip-bot-*/*.*")
    return [name for name in tasks if name.startswith(("clip ", "progress", "preview"))] + [str(file) for file in files]


@asynccontextmanager
async def given_to_another(street: Street, clip: Any) -> AsyncIterator[None]:
    """Let another process have the clip, and keep it; then let it go."""
    await _change(street, clip, "another", datetime.now(UTC) + timedelta(seconds=LONG))
    try:
        yield
    finally:
        await _change(street, clip, None, None)


async def _change(street: Street, clip: Any, owner: str | None, until: datetime | None) -> None:
    statement = "UPDATE clip_jobs SET owner = ?, owned_until = ? WHERE interaction_id = ?"
    # In a thread, since the bot in this loop may hold the row's lock.
    await asyncio.to_thread(street.house.database.execute, statement, owner, until, int(clip.id))


MOMENTS: dict[str, Callable[[Street], object]] = {
    "recording": lambda street: len(street.house.blink.asked("command")) > 2,
    "between reply and direct message": lambda street: video_in(street.house.discord.interactions[0].message),
}


def arrange(street: Street, moment: str) -> None:
    """Let the moment last."""
    if moment == "recording":
        street.front.behaviour = SLOW
        street.house.waits(command_deadline=30.0)
    else:
        never = asyncio.Event()
        held = Fault("POST", "/users/@me/channels", times=None, action="delay", delay=never)
        street.house.discord.faults.append(held)


@pytest.mark.parametrize("moment", MOMENTS)
async def test_a_clip_that_another_process_has_taken_over_is_left_to_it(street: Street, moment: str) -> None:
    arrange(street, moment)
    async with street.house.bot():
        clip = await street.house.clip(street.alice, street.front)
        await until(lambda: MOMENTS[moment](street))
        async with given_to_another(street, clip):
            await until(lambda: not left_behind())
            street.house.discord.faults.clear()
            before = _traces(street)
            await asyncio.sleep(QUIET)
            assert _traces(street) == before
        assert video_in(await street.house.finished(clip, timeout=20))
        await until(lambda: not street.house.live(clip))
        await until(lambda: not left_behind())
    assert len(street.front.accepted) == 1
    assert len(clip.message["attachments"]) == len(street.house.dms(street.alice)) == 1


def _traces(street: Street) -> tuple[int, int]:
    """Return how often the bot has asked Blink about clips, and shown something."""
    return len(street.house.blink.asked("clip", "command", "media", "video")), len(street.house.discord.requests)


@pytest.mark.parametrize("trouble", [Relay.hold, Relay.cut])
@pytest.mark.parametrize("moment", MOMENTS)
async def test_whose_database_is_away_for_longer_than_the_lease_stops_in_time_and_acts_once(
    street: Street, database: ByRelay, moment: str, trouble: Callable[[Relay], None]
) -> None:
    arrange(street, moment)
    async with street.house.bot():
        clip = await street.house.clip(street.alice, street.front)
        await until(lambda: MOMENTS[moment](street))
        trouble(database.wire)
        await asyncio.sleep(street.house.timing.lease)
        street.house.discord.faults.clear()
        before = _traces(street)
        await asyncio.sleep(QUIET)
        assert _traces(street) == before
        async with given_to_another(street, clip):
            database.wire.mend()
            used = await street.house.discord.slash(street.alice, street.house.channel, "account", {})
            await until(lambda: "Blink account" in text_of(used.message), timeout=20)
            await until(lambda: not left_behind())
            assert video_in(clip.message) == (moment != "recording")
        assert video_in(await street.house.finished(clip, timeout=20))
        await until(lambda: not street.house.live(clip))
    assert len(street.front.accepted) == 1
    assert len(clip.message["attachments"]) == 1


async def test_a_process_that_slept_longer_than_its_lease_does_not_draw_over_the_end(
    street: Street, authority: Authority
) -> None:
    street.front.behaviour = SILENT
    house = street.house
    async with bots(house, authority) as processes:
        first = await processes.start()
        await until(lambda: "clip" in house.discord.commands)
        clip = await house.clip(street.alice, street.front)
        await until(lambda: MOMENTS["recording"](street))
        # With its picture the reply has all that it shows by then: no edit is on its way when the process sleeps.
        await until(lambda: clip.message["attachments"])
        first.send_signal(signal.SIGSTOP)
        await processes.start()
        assert video_in(await house.finished(clip, timeout=50))
        await until(lambda: house.dms(street.alice))
        before = clip.message
        first.send_signal(signal.SIGCONT)
        await until(lambda: "is another process's now" in processes.words())
        await asyncio.sleep(QUIET)
        assert clip.message == before
    assert len(street.front.accepted) == len(house.dms(street.alice)) == 1
