"""Run one task for each live job, and renew the lease by which this process owns its jobs."""

import asyncio
import random
from collections.abc import Collection, Iterator, Mapping
from datetime import timedelta
from pathlib import Path

from bot.models import Job, Stage, StorageUnavailable
from bot.video_folder import remove

from .executor import JobExecutor
from .live_recording import STREAM
from .step_context import Context, log
from .timing import endless

_CLEAN_UP_EVERY = 3600.0
_ACKNOWLEDGED_WITHIN = 30.0  # Discord allows three seconds; after a lost answer it is asked what it knows
_SURE = 0.9  # part of a lease after which this process drops its jobs, before another one may take them


class Runner:
    """Run clip jobs; those that are unfinished when it stops go on at the next start."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._life = JobExecutor(context)
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._reserved: dict[str, float] = {}  # by job, until when `keep_watch` leaves it alone
        self._begun = asyncio.Event()
        self._heart: asyncio.Task[None] | None = None
        self._stopping = False
        self._closed = False
        self._ours_until = 0.0

    async def reserve(self, job: Job) -> bool:
        """Insert a job before its interaction is acknowledged.

        Returns False if another process has done so and will run it.

        If this process is killed during the acknowledgement, the row stays, and the next start asks Discord whether
        somebody waits.
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
        """Run a job that another process has reserved, since this process has acknowledged its interaction.

        If that process has withdrawn its job, because it came too late to save or acknowledge it, `job` is run instead.
        """
        found = await self._context.store.take_over(job.request.interaction_id)
        if found is not None:
            job = found.changed(reply=job.reply)
        elif not await self.reserve(job):
            return
        self.accept(job)

    def leave(self, job: Job) -> None:
        """Leave a reserved job to `keep_watch`, which asks Discord whether somebody waits for it."""
        self._reserved.pop(job.id, None)

    async def withdraw(self, job: Job) -> None:
        """Delete a reserved job whose acknowledgement has failed, since nobody waits for it."""
        self._reserved[job.id] = float("inf")
        for pause in endless(self._context.timing.after_a_mistake):
            await asyncio.sleep(pause)
            try:
                await self._context.store.remove(job)
            except StorageUnavailable as error:
                log.warning("it is not taken back yet: %s", error)
            else:
                self._reserved.pop(job.id)
                return

    async def job(self, job_id: str) -> Job | None:
        """Return one job, or None if nothing is kept of it."""
        return await self._context.store.job(job_id)

    async def jobs_of(self, user_id: int) -> list[Job]:
        """Return all jobs that are kept of a person, oldest first."""
        return await self._context.store.of_person(user_id)

    async def undelivered(self, user_id: int) -> list[Job]:
        """Return the ended jobs of a person whose end could be shown nowhere, oldest first."""
        return await self._context.store.undelivered(user_id)

    async def mark_delivered(self, jobs: Collection[Job]) -> None:
        """Note that the person knows by now how these undelivered jobs ended."""
        await self._context.store.mark_delivered(jobs)

    async def resume(self) -> int:
        """Go on with every unfinished job that no living process owns, and return their number."""
        self._begun.set()
        now, settle = self._context.now(), timedelta(seconds=self._context.timing.settle)
        jobs = [
            job
            for job in await self._context.store.claim(running=list(self._tasks))
            # The process that owned a younger one may be acknowledging it at this moment.
            if job.id not in self._tasks and (job.stage is not Stage.RECEIVED or now - job.request.created_at >= settle)
            if not self._is_reserved(job)
        ]
        for job in jobs:
            self._start(job, found=True)
        await asyncio.to_thread(remove, self._left_behind())
        return len(jobs)

    def _left_behind(self) -> Iterator[Path]:
        """Yield the kept streams with which no job here goes on: it has ended after all, or is another process's."""
        streams = self._context.media.folder.glob(f"*{STREAM}")
        return (stream for stream in streams if stream.stem not in self._tasks)

    def _is_reserved(self, job: Job) -> bool:
        """Return whether this process is acknowledging the job's interaction, or withdrawing the job."""
        now = asyncio.get_running_loop().time()
        return self._reserved.get(job.id, now) > now

    async def keep_watch(self) -> None:
        """After the first `resume`, take over the jobs of processes that vanish, for ever."""
        await self._begun.wait()
        while True:
            await asyncio.sleep(self._context.timing.lease / 3 * random.uniform(0.8, 1.2))  # noqa: S311 - processes shall not do this at the same moment
            try:
                if found := await self.resume():
                    log.info("taking over %d clips that nobody goes on with", found)
            except Exception as error:
                log.warning("unfinished clips cannot be looked for now: %s", error)

    async def clean_up(self) -> None:
        """After the first `resume`, forget what is old once an hour, for ever."""
        await self._begun.wait()
        while True:
            try:
                await self._forget_old()
            except Exception as error:
                log.warning("old clips cannot be forgotten now: %s", error)
            await asyncio.sleep(_CLEAN_UP_EVERY)

    @property
    def stopping(self) -> bool:
        """Whether no new job is started any more."""
        return self._stopping

    async def stop(self, *, grace: float) -> None:
        """Start nothing new, wait `grace` seconds for running jobs, and say in the others' replies that they go on."""
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
        """Say in the replies of unfinished jobs that they go on, for a short time only: hosts do not wait long."""
        try:
            async with asyncio.timeout(self._context.timing.goodbye):
                ours = set(left) - await self._context.store.lost(left)
                live = [job for job in await self._context.store.live() if job.id in ours]
                unfinished = [job for job in live if job.stage is not Stage.ENDED]
                await asyncio.gather(*(self._context.display.pause(job) for job in unfinished))
        except Exception as error:
            log.info("unfinished clips could not be told of the restart: %s", type(error).__name__)

    async def _forget_old(self) -> None:
        """Delete jobs that ended long ago or exceed the limit, and tokens that have expired."""
        now = self._context.now()
        keep = timedelta(seconds=self._context.timing.remember)
        await self._context.store.forget(ended_before=now - keep, tokens_before=now)
        await self._context.access.shares.forget()

    def _start(self, job: Job, *, found: bool = False) -> None:
        # A job that was being acknowledged during the stop may still start; one that `resume` finds may not.
        if job.id in self._tasks or self._closed or (found and self._stopping):
            return
        task = asyncio.create_task(self._life.live(job, found=found), name=f"clip {job.reference}")
        self._tasks[job.id] = task
        task.add_done_callback(lambda _: self._tasks.pop(job.id, None))
        if self._heart is None or self._heart.done():
            self._ours_until = asyncio.get_running_loop().time() + self._context.timing.lease * _SURE
            self._heart = asyncio.create_task(self._beat(), name="heartbeat")

    async def _beat(self) -> None:
        """Renew the lease of the running jobs, and cancel those that another process owns, or may own.

        A job that is cancelled while the database is away goes on once it is back, here or in another process.
        """
        clock, lease = asyncio.get_running_loop().time, self._context.timing.lease
        every, sure = lease / 4, lease * _SURE
        while self._tasks:
            await asyncio.sleep(every)
            running, asked_at = dict(self._tasks), clock()
            # In a task, since a cancelled transaction may still wait for its connection to close.
            asking = asyncio.create_task(self._lost(running), name="lease")
            try:
                await asyncio.wait({asking}, timeout=max(0.0, self._ours_until - asked_at))
            finally:
                asking.cancel()
            lost = asking.result() if asking.done() else None
            if lost is not None:
                self._ours_until = asked_at + sure
                _drop({job_id: running[job_id] for job_id in lost})
            elif clock() + every >= self._ours_until:
                _drop(self._tasks)
                return  # a job that begins from now on has a new lease, and begins a heartbeat of its own

    def holds_lease(self) -> bool:
        """Say whether the jobs under way are surely this process's, even if it has slept since it renewed the lease."""
        return asyncio.get_running_loop().time() < self._ours_until

    async def _lost(self, running: Collection[str]) -> Collection[str] | None:
        """Renew the lease, and return the running jobs that another process owns.

        Returns None if the database does not answer.
        """
        try:
            kept = await self._context.store.renew()
            others = set(running) - kept
            return await self._context.store.lost(others) if others else ()
        except Exception as error:
            log.warning("unfinished clips cannot be kept: %s", error)
            return None


def _drop(tasks: Mapping[str, asyncio.Task[None]]) -> None:
    """Cancel jobs that another process owns, or may own."""
    for job_id, task in tasks.items():
        log.warning("clip %s is another process's now, or may be", job_id[:8])
        task.cancel()
