"""Record a live view: from the relay's address to a file of raw media, and in every case to the end of the session."""

import asyncio
import contextlib
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from bot.blink.account_transport import utcnow
from bot.blink.client import BlinkClient
from bot.blink.errors import BlinkError
from bot.blink.media import in_thread, to_its_end, write
from bot.blink.models import CommandState, LiveSession
from bot.models import StorageUnavailable
from bot.video_folder import remove

from .mpegts import MediaClock
from .relay import PING, PONG, STOP, BadFrame, LiveTiming, Relay, connected
from .trust import Dialer, RelayTrust, Untrusted

_log = logging.getLogger(__name__)

_MOST_BYTES = 96 * 2**20
_ENDED_WITHIN = 1.0  # seconds, beside the end of a connection
_PIECE = 2**18  # bytes for each write, since each write needs a thread

ShowProgress = Callable[[float, CommandState | None], None]


class LiveEnd(StrEnum):
    """How a recording ended."""

    COMPLETE = "complete"
    CUT = "cut"  # there is media, but less than wished
    NO_MEDIA = "no_media"
    FAILED = "failed"  # Blink's command failed before the first media
    UNTRUSTED = "untrusted"  # the relay's certificate is not accepted
    UNREACHABLE = "unreachable"  # there was no connection to the relay


@dataclass(frozen=True, slots=True)
class LiveRecording:
    """A recording that is over; there is a file if `size` is not 0.

    `seconds` counts the media from the first key frame on. `state` is Blink's last word about its command.
    """

    end: LiveEnd
    size: int = 0
    seconds: float = 0.0
    first_media_at: datetime | None = None
    state: CommandState | None = None


@dataclass(slots=True)
class _Take:
    """A recording under way."""

    path: Path
    wished: float
    show: ShowProgress
    clock: MediaClock = field(default_factory=MediaClock)
    size: int = 0
    first_media_at: datetime | None = None
    state: CommandState | None = None
    reached: bool = False
    shown_at: float | None = None
    written: bool = False
    waiting: bytearray = field(default_factory=bytearray)

    @property
    def seconds(self) -> float:
        """The length of the media from the first key frame on."""
        return self.clock.seconds or 0.0

    @property
    def end(self) -> LiveEnd:
        """How the recording ends if it ends now, and nothing was refused."""
        if self.size:
            return LiveEnd.COMPLETE if self.seconds >= self.wished else LiveEnd.CUT
        return LiveEnd.NO_MEDIA if self.reached else LiveEnd.UNREACHABLE

    async def add(self, payload: bytes) -> None:
        """Take the next media. Raises DiskTrouble."""
        self.size += len(payload)
        self.waiting += payload
        self.clock.feed(payload)
        if len(self.waiting) >= _PIECE:
            await self.write()

    async def write(self) -> None:
        """Write what waits to the file. Raises DiskTrouble."""
        if self.waiting:
            piece, self.waiting = self.waiting, bytearray()
            first, self.written = not self.written, True
            await in_thread(write, self.path, piece, first=first)


class LiveRecorder:
    """Records live views, each to a file of its own."""

    def __init__(
        self,
        dialer: Dialer,
        trust: RelayTrust,
        timing: LiveTiming | None = None,
        *,
        now: Callable[[], datetime] = utcnow,
    ) -> None:
        self._dial = dialer
        self._trust = trust
        self._timing = timing or LiveTiming()
        self._now = now

    async def record(
        self,
        client: BlinkClient,
        session: LiveSession,
        path: Path,
        *,
        serial: str,
        seconds: float,
        show: ShowProgress,
    ) -> LiveRecording:
        """Write the raw media of `session` to `path` until it is `seconds` long, and end the session in every case.

        `show` gets the length so far and what Blink last said of its command, about once a second. Raises DiskTrouble;
        after it, or if the task is cancelled, there is no file.
        """
        take = _Take(path, seconds, show)
        taking = asyncio.create_task(self._take(session, serial, take))
        polling = asyncio.create_task(self._poll(client, session, take, taking.cancel))
        try:
            try:
                await asyncio.wait({taking})
            finally:
                await to_its_end(self._end(client, session, taking, polling))
            end = LiveEnd.FAILED if taking.cancelled() else taking.result()
        except BaseException:
            await in_thread(remove, [path])
            raise
        return LiveRecording(end, take.size, take.seconds, take.first_media_at, take.state)

    async def _take(self, session: LiveSession, serial: str, take: _Take) -> LiveEnd:
        try:
            async with asyncio.timeout(self._timing.first_media) as limit:
                await self._connections(session, serial, take, limit)
        except TimeoutError:
            pass
        except Untrusted:
            return LiveEnd.UNTRUSTED
        await take.write()
        return take.end

    async def _connections(self, session: LiveSession, serial: str, take: _Take, limit: asyncio.Timeout) -> None:
        """Connect to one address until it has sent media: it can accept and close while the camera wakes up."""
        while True:
            try:
                async with connected(self._dial, self._trust, session, serial, self._timing) as relay:
                    take.reached = True
                    await self._receive(relay, take, limit)
            except (OSError, EOFError, BadFrame) as error:
                _log.debug("the relay's connection ended: %s", type(error).__name__)
            if take.size:
                return
            await asyncio.sleep(self._timing.reconnect)

    async def _receive(self, relay: Relay, take: _Take, limit: asyncio.Timeout) -> None:
        """Take what the relay sends until there is enough, or it says that it ends.

        Raises BadFrame, EOFError or OSError if it ends otherwise, TimeoutError among them if it falls silent.
        """
        timing, clock = self._timing, asyncio.get_running_loop().time
        heard_at = clock()
        while True:
            await asyncio.sleep(0)  # what has arrived is read without a pause, and others must have their turn
            async with asyncio.timeout_at(heard_at + (timing.gap if take.size else timing.silence)):
                frame = await relay.read()
                if frame.kind == PING:
                    await relay.send(PONG, frame.value)
                elif frame.kind == STOP:
                    await relay.send(STOP, frame.value)
                    return
            if frame.payload:
                if not take.size:
                    take.first_media_at = self._now()
                    limit.reschedule(clock() + min(take.wished + timing.beyond, timing.longest))
                if take.size + len(frame.payload) > _MOST_BYTES:
                    return
                await take.add(frame.payload)
                self._show(take, clock())
                if take.clock.seconds is not None and take.seconds >= take.wished:
                    return
            if frame.payload or not take.size:
                heard_at = clock()

    def _show(self, take: _Take, now: float) -> None:
        if take.clock.seconds is not None and (take.shown_at is None or now - take.shown_at >= self._timing.show):
            take.shown_at = now
            take.show(take.seconds, take.state)

    async def _poll(
        self, client: BlinkClient, session: LiveSession, take: _Take, give_up: Callable[[], object]
    ) -> None:
        """Follow Blink's command until it is complete, and give up if it fails before the first media.

        The command's end is not the media's: relays send on after it (luigibarretta/vistoda-blink).
        """
        while True:
            await asyncio.sleep(session.poll_every)
            try:
                take.state = await client.command(session.network_id, session.command_id)
            except (BlinkError, StorageUnavailable) as error:
                _log.info("the command of a live view could not be asked for: %s", type(error).__name__)
                continue
            if take.state.failed and not take.size:
                give_up()
            if take.state.complete:
                return

    async def _end(
        self, client: BlinkClient, session: LiveSession, taking: asyncio.Task[LiveEnd], polling: asyncio.Task[None]
    ) -> None:
        """End the connection, then the session; each has its own limit."""
        pending: set[asyncio.Task[Any]] = {polling, taking}
        while pending:  # until they end: libraries can swallow a cancellation in Python 3.11
            for task in pending:
                task.cancel()
            _, pending = await asyncio.wait(pending, timeout=self._timing.stop + _ENDED_WITHIN)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._timing.done):
                await client.end_live_view(session.network_id, session.command_id)
