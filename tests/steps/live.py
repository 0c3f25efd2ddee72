"""Live views in the world of steps: a relay whose camera behaves as a test says, and a worker that makes its videos."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import pytest

from bot.blink import CommandState, LiveEnd, LiveSession
from bot.blink.live.recorder import LiveRecording
from bot.jobs import LiveViews
from bot.models import End, Job
from bot.video import NotRemuxed, Remuxed
from bot.video_folder import remove

from .world import World, words

WHOLE = 3600.0


@dataclass
class Relay:
    """Sends a live view after `wakes` seconds and for `lasts`, unless it is to end as `ends`.

    `state` is what Blink says of the command last. A process that is `killed` ends no session.
    """

    wakes: float = 2.0
    lasts: float = WHOLE
    ends: LiveEnd | None = None
    state: CommandState | None = None
    error: Exception | None = None
    worker: NotRemuxed | None = None
    sound: bool = True
    killed: bool = False

    def views(self, *, sound: bool = True) -> LiveViews:
        """Return the means of a bot that records them."""
        return LiveViews(cast(Any, self), cast(Any, self), sound)

    async def record(
        self, client: Any, session: LiveSession, path: Path, *, serial: str, seconds: float, show: Any
    ) -> LiveRecording:
        """Write the session's name to the file in place of its media, and end the session unless killed."""
        try:
            await asyncio.sleep(self.wakes)
            if self.error:
                raise self.error
            if self.ends:
                return LiveRecording(self.ends, state=self.state)
            first_at, length = client.now(), min(seconds, self.lasts)
            content = f"live view {session.command_id} of {seconds:g} s".encode()
            await asyncio.to_thread(path.write_bytes, content)
            for second in range(int(length)):
                show(float(second), self.state)
                await asyncio.sleep(1.0)
            end = LiveEnd.COMPLETE if length == seconds else LiveEnd.CUT
            return LiveRecording(end, len(content), length, first_at, self.state)
        except BaseException:
            remove([path])
            raise
        finally:
            if not self.killed:
                await client.end_live_view(session.network_id, session.command_id)

    async def remux(self, raw: Path, to: Path, *, most_seconds: float, sound: bool) -> Remuxed | NotRemuxed:
        """Make a video that names its session."""
        if self.worker:
            return self.worker
        content = await asyncio.to_thread(raw.read_bytes)
        await asyncio.to_thread(to.write_bytes, content)
        return Remuxed(len(content), min(most_seconds, self.lasts), self.sound and sound, 0.0)


@pytest.fixture
def relay(world: World) -> Relay:
    """The relay of a world whose bot records live views; no plan covers the front camera."""
    relay = Relay()
    world.live_views = relay.views()
    world.front.plan = False
    return relay


def known_to_keep_nothing(world: World) -> None:
    for device in (world.front, world.mini):
        world.blink.film(device, world.now() - timedelta(minutes=5))


def asked(world: World) -> tuple[int, int]:
    """Return how often Blink was asked for a clip, and for a live view."""
    return world.blink.count("record_clip"), world.blink.count("start_live_view")


def is_live(world: World, job: Job, *, seconds: float = 15) -> None:
    """Assert that a job brought the latest live view, whose session is over."""
    assert job.end is End.DELIVERED, words(job)
    session = world.blink.live_views[-1].command_id
    assert world.content(job) == f"live view {session} of {seconds:g} s".encode()
    assert "Live view" in words(job)
    assert world.blink.count("end_live_view") >= len(world.blink.live_views)


def said_in(world: World, job: Job, some: str) -> bool:
    return any(some in shown for shown in world.shown(job))
