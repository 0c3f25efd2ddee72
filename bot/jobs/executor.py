"""Bring one job from stage to stage, each written to its row, until its end has been shown."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager, nullcontext
from contextvars import ContextVar
from dataclasses import replace
from typing import Unpack

from bot.blink import BlinkError
from bot.models import Changes, CommandStatus, End, Ended, Job, Kind, NoReply, Stage, StorageUnavailable, Superseded
from bot.video_folder import remove

from . import (
    admission,
    blink_command,
    downloading,
    kept_recording,
    live_recording,
    pictures,
    snapshot_round,
    video_search,
)
from .step_context import Context, log

_SLOW = 1.5
_NOT_BEGUN = frozenset({Stage.RECEIVED, Stage.QUEUED})
_OF_A_CAMERA = frozenset(Stage) - {Stage.RECEIVED, Stage.FETCHING, Stage.ENDED}  # of a round

current_job: ContextVar[str] = ContextVar("current_job", default="-")

Step = Callable[[Context, Job], Awaitable[Job]]

_STEPS: dict[Stage, Step] = {
    Stage.RECEIVED: admission.resolve,
    Stage.QUEUED: admission.take_turn,
    Stage.ASKING: blink_command.ask,
    Stage.BUSY: blink_command.wait_while_busy,
    Stage.RECORDING: blink_command.follow,
    Stage.LIVE: live_recording.record,
    Stage.LOOKING: video_search.look,
    Stage.FETCHING: downloading.fetch_video,
}
_PICTURE_STEPS = _STEPS | {Stage.LOOKING: pictures.look, Stage.FETCHING: downloading.fetch_picture}
_ROUND_STEPS = _PICTURE_STEPS | {Stage.RECEIVED: snapshot_round.resolve, Stage.FETCHING: snapshot_round.fetch}
_LIVE_STEPS = _STEPS | {Stage.FETCHING: live_recording.make_video}
_RECENT_STEPS = _STEPS | {Stage.RECEIVED: kept_recording.find}


class JobExecutor:
    """Run each job through the steps of its kind."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def live(self, job: Job, *, found: bool = False) -> None:
        """Bring a job to its end, unless another process takes it over or this one stops; never fails.

        Removes its files; if the database is away, a live view's stream stays for the next call.
        """
        current_job.set(job.reference)
        kept = ""
        try:
            going_on = await self._found(job) if found else job
            if going_on:
                await self._live(going_on)
        except Superseded:
            log.info("somebody else goes on with it")
        except StorageUnavailable as error:  # `keep_watch` goes on with it once the database is back
            log.warning("left as it stands in the database: %s", error)
            kept = live_recording.STREAM  # the one file that cannot be fetched again
        except Exception:
            log.exception("the job broke")
            await self._break(job)
        finally:
            self._context.display.abandon(job)
            files = self._context.media.folder.glob(f"{job.id}.*")
            await asyncio.to_thread(remove, (file for file in files if file.suffix != kept))

    async def _found(self, job: Job) -> Job | None:
        """Return a job of another process as it goes on here.

        Returns None if nobody waits for it.
        """
        log.info("found %s", job.stage)
        job = job.changed(resumed=True)
        if job.stage is Stage.RECEIVED:
            match await self._context.display.find_reply(job):
                case NoReply.NOT_WAITING:
                    await self._context.store.remove(job)
                    return None
                case NoReply.UNKNOWN:
                    return await self._end(job, End.INTERRUPTED)
                case reply:
                    return job.changed(reply=reply)
        if job.stage is Stage.ASKING and not blink_command.unasked(job):
            # Blink may have been asked before the restart; only a video can tell.
            return await self._context.save(job, blink_command.unclear(self._context, job, CommandStatus()))
        if job.stage is Stage.LIVE:
            return await live_recording.go_on(self._context, job)
        if job.wants_live and (shown := await self._shown_already(job)):  # it cannot be fetched and shown again
            return shown
        return job

    async def _live(self, job: Job) -> None:
        async with self._admitted(job):
            while job.stage is not Stage.ENDED:
                # One that is kept already begins nothing, and may wait long for a USB drive to list it.
                if job.stage not in _NOT_BEGUN or job.request.kind is Kind.RECENT:
                    job = await self._advance(job)
                    continue
                async with self._context.slot(self._context.limits.starting, job):
                    job = await self._begin(job)
                if job.stage is Stage.QUEUED:
                    await admission.wait_for_turn(self._context, job)
            if job.delivery.told_at is None:
                await self._tell(job)

    def _admitted(self, job: Job) -> AbstractAsyncContextManager[None]:
        """Hold one of the slots for live jobs; a job that has begun goes on even if none is free."""
        live = self._context.limits.live
        if job.stage not in _NOT_BEGUN and live.locked():
            return nullcontext()
        return self._context.slot(live, job)

    async def _begin(self, job: Job) -> Job:
        """Bring a job as far as Blink's answer; return it queued if its turn has not come."""
        while job.stage in _NOT_BEGUN or job.stage is Stage.ASKING:
            before, job = job, await self._advance(job)
            if job is before:
                break
        return job

    async def _advance(self, job: Job) -> Job:
        # Only a slow look-up is shown; the usual one is over before anybody can read that.
        slow = asyncio.get_running_loop().call_later(_SLOW, self._context.display.progress, job)
        if job.stage is not Stage.RECEIVED:
            slow.cancel()
        try:
            return await _step(job)(self._context, job)
        except Ended as ended:
            return await self._end(job, ended.end, **ended.changes)
        except BlinkError as error:
            log.info("ends with %s: %s", type(error).__name__, error)
            ended = self._context.failed(job, error)
            return await self._end(job, ended.end, **ended.changes)
        finally:
            slow.cancel()

    async def _end(self, job: Job, end: End, **changes: Unpack[Changes]) -> Job:
        """End a job, but not as a failure if its reply has shown the video since before a restart.

        If a picture was to replace a missing video, the end says why there is no video. A round goes on with its next
        camera.
        """
        if end in (End.SIGNED_OUT, End.REFUSED_FOR_NOW) and job.needs_link:
            end = await self._why_refused(job, end)
        if shown := await self._shown_already(job):
            return shown
        if job.round and job.stage in _OF_A_CAMERA and end is not End.BROKEN:
            return await self._context.save(job, job.changed(**changes).with_next_camera(end=end))
        if job.reason and end not in (End.NOT_LINKED, End.REVOKED):
            return await self._context.save(job, job.ended(job.reason))
        return await self._context.save(job, job.ended(end, **changes))

    async def _shown_already(self, job: Job) -> Job | None:
        """Return the job as delivered if its reply shows the video or picture since before a restart."""
        if job.stage is not Stage.FETCHING or not await self._context.display.delivered(job):
            return None
        delivered = job.ended(
            job.success,
            result=replace(job.result, pictured=job.wants_picture),
            delivery=replace(job.delivery, told_at=self._context.now()),
            reply=replace(job.reply, token=None),
        )
        return await self._context.save(job, delivered)

    async def _why_refused(self, job: Job, end: End) -> End:
        """Return why Blink refuses the sign-in: the link or the share may be gone, else `end`."""
        if not await self._context.access.sessions.linked(job.owner_id):
            return End.REVOKED if job.owner else End.NOT_LINKED
        try:
            await self._context.access.still_shared(job)
        except Ended as ended:
            return ended.end
        return end

    async def _tell(self, job: Job) -> None:
        shown = await self._context.display.conclude(job)
        done = job.changed(
            delivery=shown.delivery(told_at=self._context.now()),
            reply=replace(job.reply, token=None),
        )
        await self._context.store.save(job, done)

    async def _break(self, job: Job) -> None:
        """End a job that failed because of a bug, from the stage in which its row stands now."""
        for pause in self._context.timing.after_a_mistake:
            await asyncio.sleep(pause)
            try:
                current = await self._context.store.job(job.id)
                if current and current.stage is not Stage.ENDED:
                    current = await self._end(current, End.BROKEN)
                if current and current.delivery.told_at is None:
                    await self._tell(current)
            except Superseded:
                return
            except Exception:
                log.exception("the broken job could not be ended yet")
            else:
                return


def _step(job: Job) -> Step:
    if job.round is not None:
        return _ROUND_STEPS[job.stage]
    if job.wants_picture:
        return _PICTURE_STEPS[job.stage]
    if job.wants_live:
        return _LIVE_STEPS[job.stage]
    return (_RECENT_STEPS if job.request.kind is Kind.RECENT else _STEPS)[job.stage]
