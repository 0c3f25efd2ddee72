"""One task per live job: it goes from row to row until the job is over and its end has been told."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Collection
from contextvars import ContextVar
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from bot.blink import BlinkError, RateLimited

from . import admission, fetching, looking, pictures, recent, recording
from .context import Context, log
from .ends import Ended, end_of, said_by
from .model import End, Job, Kind, Said, Stage
from .ports import JobStore, StoreAway, Superseded
from .timing import endless

_DAY = timedelta(days=1)
_SLOW = 1.5
_ACKNOWLEDGED_WITHIN = 30.0  # Discord's three seconds, and the questions after a lost answer
_SURE = 0.9  # of a lease: what is under way then is to be over before another process may begin

current_job: ContextVar[str] = ContextVar("current_job", default="-")

Step = Callable[[Context, Job], Awaitable[Job]]

_STEPS: dict[Stage, Step] = {
    Stage.RECEIVED: admission.resolve,
    Stage.QUEUED: admission.wait_for_turn,
    Stage.ASKING: recording.ask,
    Stage.BUSY: recording.wait_while_busy,
    Stage.RECORDING: recording.follow,
    Stage.LOOKING: looking.look,
    Stage.FETCHING: fetching.fetch_video,
}
_PICTURE_STEPS = _STEPS | {Stage.LOOKING: pictures.look, Stage.FETCHING: fetching.fetch_picture}
_RECENT_STEPS = _STEPS | {Stage.RECEIVED: recent.find}


class Runner:
    """Runs clip jobs; what it does not finish before it stops goes on from its row at the next start."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._reserved: dict[str, float] = {}  # until when the watch leaves them to who acknowledges them
        self._begun = asyncio.Event()
        self._heart: asyncio.Task[None] | None = None
        self._stopping = False
        self._closed = False
        self._forgot_at = context.now()
        self._ours_until = 0.0
        context.display.ours = self._ours

    @property
    def store(self) -> JobStore:
        """Where the jobs are."""
        return self._context.store

    async def reserve(self, job: Job) -> bool:
        """Write a job down before its interaction is acknowledged; False where somebody else has, and will act.

        Written first, a job that is killed together with its acknowledgement still ends: at the next start Discord is
        asked whether somebody waits for it.
        """
        self._reserved[job.id] = asyncio.get_running_loop().time() + _ACKNOWLEDGED_WITHIN
        if await self._context.store.insert(job):
            return True
        self._reserved.pop(job.id)
        return False

    def accept(self, job: Job) -> None:
        """Run a reserved job whose acknowledgement has succeeded."""
        self._reserved.pop(job.id, None)
        self._start(job)

    async def take_over(self, job: Job) -> None:
        """Run a job that another process has reserved, after its interaction was acknowledged here in that one's place.

        Where that one has withdrawn its own, which it does only if it cannot reach Discord, `job` is run instead.
        """
        found = await self._context.store.take_over(job.interaction_id)
        if found is not None:
            job = found.changed(reply=job.reply)
        elif not await self.reserve(job):
            return
        self.accept(job)

    async def withdraw(self, job: Job) -> None:
        """Forget a reserved job whose acknowledgement has failed: nobody waits for it."""
        self._reserved[job.id] = float("inf")
        for pause in endless(self._context.timing.after_a_mistake):
            await asyncio.sleep(pause)
            try:
                await self._context.store.remove(job)
            except StoreAway as error:
                log.warning("it is not taken back yet: %s", error)
            else:
                self._reserved.pop(job.id)
                return

    async def recordings(self, user_id: int, *, since: datetime) -> recent.Listing | None:
        """List what Blink keeps of a person; None where nothing is linked. Raises BlinkError."""
        household = await self._context.households.session(user_id)
        return None if household is None else await recent.recordings(self._context, household, since=since)

    async def resume(self) -> int:
        """Go on with every job that is not over and that no living process has, and return how many there are."""
        self._begun.set()
        now, settle = self._context.now(), timedelta(seconds=self._context.timing.settle)
        jobs = [
            job
            for job in await self._context.store.claim()
            # A younger one may be being acknowledged just now, by the process that it was taken from.
            if job.id not in self._tasks and (job.stage is not Stage.RECEIVED or now - job.created_at >= settle)
            if not self._is_reserved(job)
        ]
        for job in jobs:
            self._start(job, found=True)
        return len(jobs)

    def _is_reserved(self, job: Job) -> bool:
        """Say whether this process is acknowledging the job's interaction, or taking the job back."""
        now = asyncio.get_running_loop().time()
        return self._reserved.get(job.id, now) > now

    async def keep_watch(self) -> None:
        """Take over what processes that vanished have left, from the first resume on for as long as this runs."""
        await self._begun.wait()
        while True:
            await asyncio.sleep(self._context.timing.lease / 3 * random.uniform(0.8, 1.2))  # noqa: S311 - no two in step
            try:
                if found := await self.resume():
                    log.info("taking over %d clips that nobody goes on with", found)
            except Exception as error:
                log.warning("unfinished clips cannot be looked for: %s", error)

    @property
    def stopping(self) -> bool:
        """Whether nothing new is begun any more."""
        return self._stopping

    async def stop(self, *, grace: float) -> None:
        """Begin nothing new, give running jobs `grace` seconds, leave the rest to the next start and say so."""
        self._stopping = True
        if self._tasks and grace > 0:
            await asyncio.wait(list(self._tasks.values()), timeout=grace)
        self._closed = True
        tasks = dict(self._tasks)
        left = [job_id for job_id, task in tasks.items() if not task.done()]
        for task in tasks.values():
            task.cancel()
        await asyncio.gather(*tasks.values(), return_exceptions=True)
        if self._heart:
            self._heart.cancel()
            await asyncio.gather(self._heart, return_exceptions=True)
        if left:
            await self._say_goodbye(left)
        try:
            await self._context.store.release()
        except Exception as error:
            log.warning("unfinished clips could not be let go of: %s", error)

    async def _say_goodbye(self, left: Collection[str]) -> None:
        """Say in the replies of unfinished jobs that they go on, within a bound: hosts do not wait for long."""
        try:
            async with asyncio.timeout(self._context.timing.goodbye):
                ours = set(left) - await self._context.store.lost(left)
                live = [job for job in await self._context.store.live() if job.id in ours]
                unfinished = [job for job in live if job.stage is not Stage.ENDED]
                await asyncio.gather(*(self._context.display.pause(job) for job in unfinished))
        except Exception as error:
            log.info("unfinished clips could not be told of the restart: %s", type(error).__name__)

    async def forget_old(self) -> None:
        """Delete jobs that ended long ago, and interaction tokens that no longer open anything."""
        now = self._context.now()
        self._forgot_at = now
        keep = timedelta(seconds=self._context.timing.remember)
        await self._context.store.forget(ended_before=now - keep, tokens_before=now)

    def _start(self, job: Job, *, found: bool = False) -> None:
        # What was being acknowledged when the stop came may still begin; what a new connection finds may not.
        if job.id in self._tasks or self._closed or (found and self._stopping):
            return
        task = asyncio.create_task(self._run(job, found=found), name=f"clip {job.reference}")
        self._tasks[job.id] = task
        task.add_done_callback(lambda _: self._tasks.pop(job.id, None))
        if self._heart is None or self._heart.done():
            self._ours_until = asyncio.get_running_loop().time() + self._context.timing.lease * _SURE
            self._heart = asyncio.create_task(self._beat(), name="heartbeat")

    async def _beat(self) -> None:
        """Keep the jobs under way this process's, and drop those that another has taken over, or may have.

        What is dropped while the database is away goes on from its row once it is back, unless another was first.
        """
        clock, lease = asyncio.get_running_loop().time, self._context.timing.lease
        every, sure = lease / 4, lease * _SURE
        while self._tasks:
            await asyncio.sleep(every)
            running, asked_at = dict(self._tasks), clock()
            # A task, since a transaction that is given up may still wait for its connection to close.
            asking = asyncio.create_task(self._lost(running), name="lease")
            try:
                await asyncio.wait({asking}, timeout=max(0.0, self._ours_until - asked_at))
            finally:
                asking.cancel()
            lost = asking.result() if asking.done() else None
            if lost is not None:
                self._ours_until = asked_at + sure
            elif clock() + every < self._ours_until:
                continue
            for job_id in running if lost is None else lost:
                log.warning("clip %s is another process's now, or may be", job_id[:8])
                running[job_id].cancel()

    def _ours(self) -> bool:
        """Say whether the jobs under way are surely this process's, also where it has slept since it last asked."""
        return asyncio.get_running_loop().time() < self._ours_until

    async def _lost(self, running: Collection[str]) -> Collection[str] | None:
        """Keep what is this process's for another while and return what is not, or None where that is not known."""
        try:
            await self._context.store.renew()
            return await self._context.store.lost(running)
        except Exception as error:
            log.warning("unfinished clips cannot be kept: %s", error)
            return None

    async def _run(self, job: Job, *, found: bool) -> None:
        current_job.set(job.reference)
        if found:
            log.info("found %s", job.stage)
            job = job.changed(resumed=True)
        try:
            if found and job.stage is Stage.RECEIVED:
                reply = await self._context.display.find_reply(job)
                if reply is None:
                    await self.withdraw(job)
                    return
                job = job.changed(reply=reply)
            if found and job.stage is Stage.ASKING and not recording.unasked(job):
                # It may have been asked; only its video can tell.
                job = await self._context.save(job, recording.unclear(self._context, job, Said()))
            while job.stage is not Stage.ENDED:
                job = await self._advance(job)
            if job.told_at is None:
                await self._tell(job)
            if await self._unlinked(job):  # nothing is kept of somebody who unlinked meanwhile
                await self._context.store.remove(job)
            if self._context.now() - self._forgot_at > _DAY:
                await self.forget_old()
        except Superseded:
            log.info("somebody else goes on with it")
        except StoreAway as error:  # `keep_watch` finds it where its row stands, once there is a row to be had
            log.warning("left as it stands in the database: %s", error)
        except Exception:
            log.exception("the job broke")
            await self._break(job)
        finally:
            self._context.display.abandon(job)
            await asyncio.to_thread(_remove_files, self._context.folder, job.id)

    async def _advance(self, job: Job) -> Job:
        # A look-up that takes its time is shown; the usual one is over before there is anything to read.
        slow = asyncio.get_running_loop().call_later(_SLOW, self._context.display.progress, job)
        if job.stage is not Stage.RECEIVED:
            slow.cancel()
        try:
            return await _step(job)(self._context, job)
        except Ended as ended:
            return await self._end(job, ended.end, **ended.changes)
        except BlinkError as error:
            log.info("ends with %s: %s", type(error).__name__, error)
            retry_at = None
            if isinstance(error, RateLimited):
                retry_at = self._context.now() + timedelta(seconds=error.retry_after)
            return await self._end(job, end_of(error), said=said_by(error), retry_at=retry_at)
        finally:
            slow.cancel()

    async def _end(self, job: Job, end: End, **changes: Any) -> Job:
        """End a job; a video that stands in the reply since before a restart is not overwritten by a later failure.

        Where a picture was to come in place of a video, its failure is not the reason that the person is waiting for.
        """
        if end is End.SIGNED_OUT and await self._unlinked(job):
            end = End.NOT_LINKED
        if job.stage is Stage.FETCHING and await self._context.display.delivered(job):
            delivered = job.ended(
                job.success,
                pictured=job.wants_picture,
                told_at=self._context.now(),
                reply=replace(job.reply, token=None),
            )
            return await self._context.save(job, delivered)
        if job.reason and end is not End.NOT_LINKED:
            return await self._context.save(job, job.ended(job.reason))
        return await self._context.save(job, job.ended(end, **changes))

    async def _unlinked(self, job: Job) -> bool:
        try:
            return await self._context.households.session(job.user_id) is None
        except BlinkError:
            return False

    async def _tell(self, job: Job) -> None:
        told = await self._context.display.conclude(job)
        done = job.changed(
            told_at=self._context.now(),
            missed=not told.somewhere,
            sent_as_dm=told.dm,
            dms_closed=told.dms_closed,
            reply=replace(job.reply, token=None),
        )
        await self._context.store.save(job, done)

    async def _break(self, job: Job) -> None:
        """End a job that met a mistake of ours, or a database that was away, wherever its row stands now."""
        for pause in self._context.timing.after_a_mistake:
            await asyncio.sleep(pause)
            try:
                current = await self._context.store.job(job.id)
                if current and current.stage is not Stage.ENDED:
                    current = await self._end(current, End.BROKEN)
                if current and current.told_at is None:
                    await self._tell(current)
            except Superseded:
                return
            except Exception:
                log.exception("the broken job could not be ended yet")
            else:
                return


def _step(job: Job) -> Step:
    steps = _PICTURE_STEPS if job.wants_picture else _RECENT_STEPS if job.kind is Kind.RECENT else _STEPS
    return steps[job.stage]


def _remove_files(folder: Path, job_id: str) -> None:
    for path in folder.glob(f"{job_id}.*"):
        path.unlink(missing_ok=True)
