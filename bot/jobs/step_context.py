"""Hold what every step needs, write each step's outcome, and say which end each of Blink's failures is."""

import asyncio
import errno
import logging
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

from bot.blink import (
    BlinkError,
    DiskTrouble,
    LiveRecorder,
    MediaTooLarge,
    NeverSent,
    NotUnderstood,
    RateLimited,
    Refused,
    SignedOut,
    Unreachable,
)
from bot.cameras import Durations, Polling, Turns, UsbDrives, Wait
from bot.metrics import Metrics
from bot.models import (
    HOLDING,
    RUNNING,
    CommandStatus,
    DeliveryResult,
    End,
    Ended,
    HeldBack,
    Job,
    NoReply,
    NotShrunk,
    Reply,
    Stage,
    Target,
)
from bot.store import JobStore
from bot.video import PyAvRemuxer

from .access import JobAccess
from .concurrency_limits import ConcurrencyLimits, slot
from .timing import JobTiming

log = logging.getLogger("bot.jobs")

_ENDS: tuple[tuple[type[BlinkError], End], ...] = (
    (MediaTooLarge, End.TOO_LARGE),
    (SignedOut, End.SIGNED_OUT),
    (RateLimited, End.RATE_LIMITED),
    (Refused, End.REFUSED),
    (Unreachable, End.UNREACHABLE),
    (NotUnderstood, End.NOT_UNDERSTOOD),
)
_OF_THE_DISK = {
    errno.ENOSPC: End.DISK_FULL,
    errno.EDQUOT: End.DISK_FULL,
    errno.EROFS: End.DISK_READ_ONLY,
    errno.EACCES: End.DISK_READ_ONLY,
    errno.EPERM: End.DISK_READ_ONLY,
    errno.EMFILE: End.TOO_MANY_FILES,
    errno.ENFILE: End.TOO_MANY_FILES,
}


class Shrinker(Protocol):
    """Makes a video smaller."""

    async def shrink(self, video: Path, target: Path, *, limit: int) -> NotShrunk | None:
        """Write `video`, re-encoded to at most `limit` bytes, to `target`; or return why not, leaving no `target`."""
        ...


async def _always() -> None:
    """Allow it: it is of the person's own camera."""


@dataclass(frozen=True)
class Media:
    """A video or a picture on disk, to be shown in one or several places.

    Only what has a `shrinker` is made smaller, one at a time by `turn`, and once for each limit. `check` runs before
    each try to show it, which may come minutes later, and raises if it may no longer be shown. `others` are the further
    pictures of a gallery.
    """

    path: Path
    size: int  # bytes
    shrinker: Shrinker | None = None
    turn: Callable[[], AbstractAsyncContextManager[None]] = nullcontext
    check: Callable[[], Awaitable[None]] = _always
    others: "tuple[Media, ...]" = ()
    _smaller: dict[Path, int] = field(default_factory=dict[Path, int], init=False, repr=False, compare=False)
    _failures: dict[int, NotShrunk] = field(default_factory=dict[int, NotShrunk], init=False, repr=False, compare=False)

    async def within(self, limit: int) -> Path | NotShrunk:
        """Return a version of at most `limit` bytes, or why there is none."""
        if self.size <= limit:
            return self.path
        if self.shrinker is None:
            return NotShrunk.TOO_LONG
        for path, size in self._smaller.items():
            if size <= limit:
                return path
        if limit in self._failures:
            return self._failures[limit]
        target = self.path.with_suffix(f".{limit}.mp4")
        async with self.turn():
            failure = await self.shrinker.shrink(self.path, target, limit=limit)
        if failure:
            self._failures[limit] = failure
            return failure
        self._smaller[target] = (await asyncio.to_thread(target.stat)).st_size
        return target


class Display(Protocol):
    """Shows a job in Discord."""

    def progress(
        self, job: Job, *, position: int | None = None, waiting: bool = False, held: HeldBack | None = None
    ) -> None:
        """Redraw the reply soon; never waits and never fails.

        `position` is how many clips are before it on its network. `waiting` says that too much is done at once, and
        `held` that others of its person are at work.
        """
        ...

    def preview(self, job: Job, picture: Path) -> None:
        """Show the camera's latest picture beside the progress; never waits and never fails."""
        ...

    def abandon(self, job: Job) -> None:
        """Draw nothing more of a job that this process no longer runs."""
        ...

    async def pause(self, job: Job) -> None:
        """Say once in the reply that the job goes on after a restart; never fails."""
        ...

    async def find_reply(self, job: Job) -> Reply | NoReply:
        """Return the reply if it still waits for this job; asks again until that is known or can no longer be."""
        ...

    async def delivered(self, job: Job) -> bool:
        """Say whether the reply holds this job's video or picture already, from before a restart.

        While that is unknown, it asks again: an end, or a second recording, would overwrite what is there. False also
        means that nobody can read the reply any more, and so nothing can overwrite it.
        """
        ...

    async def deliver(self, job: Job, media: Media) -> DeliveryResult:
        """Show a job as one that has ended well, with its video or picture, where this person wants it."""
        ...

    async def conclude(self, job: Job) -> DeliveryResult:
        """Show an end without a video: in the reply, or by direct message if the reply can no longer be edited."""
        ...


@dataclass(frozen=True)
class MediaTools:
    """The means to fetch and fit videos: `folder` holds those under way, `seconds_of` returns the length of one."""

    folder: Path
    shrinker: Shrinker
    seconds_of: Callable[[Path], Awaitable[float | None]]


@dataclass(frozen=True)
class LiveViews:
    """The means to record live views, with or without sound."""

    recorder: LiveRecorder
    remuxer: PyAvRemuxer
    sound: bool = True


@dataclass
class Context:
    """The parts that steps work with.

    `live_views` are the parts that record live views, or why none are recorded.
    """

    store: JobStore
    display: Display
    turns: Turns
    drives: UsbDrives
    access: JobAccess
    media: MediaTools
    limits: ConcurrencyLimits
    timing: JobTiming
    now: Callable[[], datetime]
    metrics: Metrics
    live_views: LiveViews | End = End.LIVE_OFF
    durations: Durations = field(default_factory=Durations)

    async def save(self, old: Job, new: Job) -> Job:
        """Write `new` over `old`, show it, and return it."""
        await self.store.save(old, new)
        return self.written(old, new)

    def written(self, old: Job, new: Job) -> Job:
        """Show a job that has been written, and wake the jobs that wait for what it no longer occupies."""
        log.info("%s → %s", old.stage, new.end or new.stage)
        if new.end:
            self.metrics.clip_ended(new.end, (self.now() - new.request.created_at).total_seconds())
        if new.stage not in (Stage.QUEUED, Stage.ENDED):  # a queued job is shown only if it has to wait
            self.display.progress(new)
        if new.target and old.stage in (HOLDING | {Stage.QUEUED}) and new.stage not in HOLDING:
            self.turns.pass_on(new.target.system)
        if old.stage in RUNNING and new.stage not in RUNNING:
            self.turns.pass_on(new.request.user_id, new.owner_id)
        return new

    def slot(self, semaphore: asyncio.Semaphore, job: Job) -> AbstractAsyncContextManager[None]:
        """Hold one of the slots of `limits`; the job's reply says if that takes longer than a moment."""
        return slot(semaphore, waiting=lambda waits: self.display.progress(job, waiting=waits))

    def gave_way(self, job: Job) -> bool:
        """Return whether a recording from before the command's end would be listed by now."""
        assert job.progress.recorded_at is not None
        return (self.now() - job.progress.recorded_at).total_seconds() >= self.timing.late_after

    def polling(
        self, job: Job, wait: Wait, *, since: datetime, every: float, longest: float = 0.0, first: float = 0.0
    ) -> Polling:
        """Return the pace of a job's questions in a wait that began `since` then."""
        elapsed = max(0.0, (self.now() - since).total_seconds()) if job.resumed else 0.0
        lately = self.durations.of(wait, target_of(job))
        return Polling(every, longest=longest, first=first, lately=lately, elapsed=elapsed)

    def left(self, since: datetime, seconds: float) -> Callable[[], float]:
        """Return how many of so many seconds since a moment are left, all at most even if the clock is set back."""
        clock = asyncio.get_running_loop().time
        until = clock() + seconds - max(0.0, (self.now() - since).total_seconds())
        return lambda: until - clock()

    def failed(self, job: Job, error: BlinkError) -> Ended:
        """Return the end that a failure means where a step knows nothing better, with what Blink said."""
        retry_at = self.now() + timedelta(seconds=error.retry_after) if isinstance(error, RateLimited) else None
        return Ended(end_of(error), progress=replace(job.progress, status=status_of(error), retry_at=retry_at))

    def still_wanted(self, job: Job) -> None:
        """Raise Ended if the job has waited for so long that nobody expects its camera to be asked."""
        reason = job.reason or (job.live.because if job.live else None)
        if reason and job.progress.recorded_at:
            waited = (self.now() - job.progress.recorded_at).total_seconds()
            if waited > self.timing.look_for + self.timing.comfort_for:
                raise Ended(reason)
            return
        age = (self.now() - job.request.created_at).total_seconds()
        if age > self.timing.too_late:
            raise Ended(End.FOUND_TOO_LATE)
        if age > self.timing.queue_wait:
            raise Ended(End.WAITED_TOO_LONG)


def target_of(job: Job) -> Target:
    """Return the camera of a job that has left the first stage."""
    assert job.target is not None
    return job.target


def end_of(error: BlinkError) -> End:
    """Return the end that a failure means where a step knows nothing better."""
    match error:
        case SignedOut(final=False):
            return End.REFUSED_FOR_NOW
        case DiskTrouble(errno=number):
            return _OF_THE_DISK.get(number, End.DISK_ERROR) if number else End.DISK_ERROR
        case NeverSent(errno=errno.EMFILE | errno.ENFILE):
            return End.TOO_MANY_FILES
        case _:
            return next((end for kind, end in _ENDS if isinstance(error, kind)), End.VIDEO_LOST)


def status_of(error: BlinkError) -> CommandStatus:
    """Return what Blink said with a failure."""
    match error:
        case Refused(status=status, code=code, message=message):
            return CommandStatus(http_status=status, code=code, message=message)
        case Unreachable(status=status) | RateLimited(status=status):
            return CommandStatus(http_status=status)
        case _:
            return CommandStatus()
