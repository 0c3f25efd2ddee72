"""Hold what every step needs, and write each step's outcome."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from bot.accounts import Session, Sessions
from bot.cameras import CameraFinder, Durations, Polling, Turns, UsbDrives, Wait
from bot.metrics import Metrics
from bot.models import HOLDING, RUNNING, End, Ended, Job, Lender, Right, Stage, Target
from bot.sharing import Grants
from bot.store import JobStore

from .concurrency import ConcurrencyLimits, slot
from .media import Shrinker
from .ports import Display, Leave
from .timing import Timing, endless

log = logging.getLogger("bot.jobs")


@dataclass
class Context:
    """The parts that steps work with.

    `folder` holds videos and pictures under way. `seconds_of` returns the length of a video. `sleep` is
    every pause of a step.
    """

    store: JobStore
    sessions: Sessions
    grants: Grants
    finder: CameraFinder
    drives: UsbDrives
    turns: Turns
    display: Display
    folder: Path
    timing: Timing
    now: Callable[[], datetime]
    shrinker: Shrinker
    leave: Leave
    seconds_of: Callable[[Path], Awaitable[float | None]]
    limits: ConcurrencyLimits
    metrics: Metrics
    durations: Durations = field(default_factory=Durations)
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep

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
            self.turns.pass_on(new.request.user_id, new.household_id)
        return new

    def slot(self, semaphore: asyncio.Semaphore, job: Job) -> AbstractAsyncContextManager[None]:
        """Hold one of the slots of `limits`; the job's reply says if that takes longer than a moment."""
        return slot(semaphore, waiting=lambda: self.display.progress(job, waiting=True))

    async def session(self, job: Job) -> Session:
        """Return the job's Blink.

        Raises Ended if it may no longer be used for this job, and BlinkError.
        """
        await self.still_lent(job)
        session = await self.sessions.session(job.household_id)
        if session is None:
            raise Ended(End.REVOKED if job.lender else End.NOT_LINKED)
        if job.target and job.target.account_id != session.client.account_id:
            raise Ended(End.REVOKED if job.lender else End.RELINKED)
        return session

    async def still_lent(self, job: Job) -> None:
        """Raise Ended if the owner of the job's camera no longer lets its person use it."""
        if job.lender and not await self.grants.still([job.lender.permit_id], job.request.kind):
            raise Ended(End.REVOKED)

    async def still_allowed(self, job: Job, *, max_age: float = 0.0) -> None:
        """Raise Ended unless the job's person is still one of those who may use somebody else's camera.

        They are by the database, and as Discord said at most `max_age` seconds ago, which is asked again for a while.
        """
        if job.lender is None:
            return
        may: bool | None = None
        try:
            async with asyncio.timeout(self.timing.leave_for):
                for gap in endless(self.timing.fetch_gaps):
                    may = await self.leave.may_have(
                        job.request.user_id, job.lender.permit_id, job.request.kind, max_age=max_age
                    )
                    if may is not None:
                        break
                    await self.sleep(gap)
        except TimeoutError:
            raise Ended(End.UNSURE) from None
        if not may:
            raise Ended(End.REVOKED)

    def spend(self, job: Job, lender: Lender, target: Target | None = None) -> None:
        """Count that a job's person has somebody else's Blink asked; raises Ended if that is too often."""
        if again_at := self.grants.spend(job.request.user_id, lender.user_id):
            progress = replace(job.progress, retry_at=again_at)
            raise Ended(End.TOO_OFTEN, lender=lender, target=target or job.target, progress=progress)

    def used_first(self, job: Job) -> None:
        """Have an owner told that somebody uses their camera for the first time."""
        assert job.lender is not None
        owner, guild_id = job.lender.user_id, job.reply.guild_id or 0
        self.grants.used_first(owner, guild_id, job.request.user_id, what=job.used_right, label=target_of(job).label)

    async def shows_state(self, lender: Lender | None) -> bool:
        """Return whether a person may see a camera's state and older pictures; some owners let them only record."""
        return lender is None or bool(await self.grants.still([lender.permit_id], Right.STATUS))

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

    def still_wanted(self, job: Job) -> None:
        """Raise Ended if the job has waited for so long that nobody expects its camera to be asked."""
        if job.reason and job.progress.recorded_at:
            waited = (self.now() - job.progress.recorded_at).total_seconds()
            if waited > self.timing.look_for + self.timing.comfort_for:
                raise Ended(job.reason)
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
