"""Ask the camera once for a clip or a picture, and follow the command to its end."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TypeVar

from bot.blink import (
    BlinkClient,
    Busy,
    CommandState,
    NeverSent,
    NotUnderstood,
    Refused,
    Started,
    Unreachable,
)
from bot.cameras import completed
from bot.models import CameraKey, CommandStatus, End, Ended, Job, Stage

from . import pictures
from .admission import asking_since, instead_of_clip
from .step_context import Context, log, status_of, target_of

T = TypeVar("T")

_A_SECOND = timedelta(seconds=1)
_OF_THE_ACCOUNT = frozenset({401, 403, 429})  # such a refusal is about more than clips


async def ask(context: Context, job: Job) -> Job:
    """Ask Blink for the clip or the picture; after an unclear answer it is not asked again."""
    if job.resumed:
        context.still_wanted(job)
    client, camera = (await context.access.session(job)).client, target_of(job).key
    if job.wants_picture:
        job = await pictures.note_latest(context, job)
    act = client.take_picture if job.wants_picture else client.record_clip
    try:
        answer = await sent(context, act, camera)
    except NeverSent:
        raise
    except Refused as refused:
        if refused.status not in _OF_THE_ACCOUNT:
            refusing = with_status(job, status_of(refused))
            if queued := await instead_of_clip(context, refusing, End.REFUSED):
                return queued
        raise
    except (Unreachable, NotUnderstood) as error:
        log.warning("whether it records is unclear: %s", error)
        return await context.save(job, unclear(context, job, status_of(error)))
    match answer:
        case Busy():
            return await context.save(job, busy(context, job, answer))
        case Started(command_id=command_id, at=at, state=state):
            job = with_status(job, command_status(state))
            progress = replace(job.progress, command_id=command_id, blink_started_at=at, retry_at=None)
            return await context.save(job, job.moved(Stage.RECORDING, progress=progress))


async def sent(context: Context, act: Callable[[CameraKey], Awaitable[T]], camera: CameraKey) -> T:
    """Ask for something once; once more, if the request has not left this machine. Raises BlinkError."""
    try:
        return await act(camera)
    except NeverSent:
        await asyncio.sleep(context.timing.again)
        return await act(camera)


def unasked(job: Job) -> bool:
    """Return whether a job that stands at ASKING has surely asked nothing: the latest picture is noted before that."""
    return job.wants_picture and job.progress.picture_before is None


async def wait_while_busy(context: Context, job: Job) -> Job:
    """Wait until a busy network may be asked again."""
    assert job.progress.retry_at is not None
    # At most as long as all pauses together, since the clock may have been set back.
    pause = min(context.timing.busy_wait, (job.progress.retry_at - context.now()).total_seconds())
    await asyncio.sleep(max(0.0, pause))
    context.still_wanted(job)
    session = await context.access.session(job)
    asking = asking_since(job, context.now(), session.client.blink_now())
    return await context.save(job, asking)


async def follow(context: Context, job: Job) -> Job:
    """Poll the command until it is complete or its deadline has passed."""
    session = await context.access.session(job)
    if job.wants_picture:
        return await _follow(context, session.client, job)
    async with pictures.previewed(context, session, job):
        return await _follow(context, session.client, job)


async def _follow(context: Context, client: BlinkClient, job: Job) -> Job:
    command_id = job.progress.command_id
    assert command_id is not None
    assert job.progress.asked_at is not None
    network = target_of(job).key.network_id
    every = context.timing.poll
    wait = "picture" if job.wants_picture else "clip"
    polling = context.polling(job, wait, since=job.progress.asked_at, every=every, first=every)

    def show(state: CommandState) -> None:
        nonlocal job
        if (heard := with_status(job, command_status(state))) != job:
            job = heard
            context.display.progress(job)

    state = await completed(
        client,
        network,
        command_id,
        polling=polling,
        left=context.left(job.progress.asked_at, context.timing.command_deadline),
        show=show,
    )
    if state and state.failed:
        failed = with_status(job, command_status(state))
        if queued := await instead_of_clip(context, failed, End.FAILED):
            return queued
        raise Ended(End.FAILED, progress=failed.progress)
    if state:
        return await context.save(job, _complete(context, job, state))
    return await context.save(job, unclear(context, job, job.progress.status))


def unclear(context: Context, job: Job, status: CommandStatus) -> Job:
    """Return the job at LOOKING, for a video that may not exist."""
    heard = with_status(job, status).progress
    return job.moved(Stage.LOOKING, progress=replace(heard, recorded_at=context.now()))


def _complete(context: Context, job: Job, state: CommandState) -> Job:
    looking = unclear(context, job, command_status(state))
    progress = replace(looking.progress, confirmed=True, blink_recorded_at=_blink_end(context, job))
    return looking.changed(progress=progress)


def _blink_end(context: Context, job: Job) -> datetime | None:
    """Return when the recording had ended by Blink's clock: its start, plus the time that has passed here since.

    Blink rounds the start down to whole seconds, so a second is added.
    """
    if job.progress.blink_started_at is None or job.progress.asked_at is None:
        return None
    return job.progress.blink_started_at + _A_SECOND + max(context.now() - job.progress.asked_at, timedelta())


def busy(context: Context, job: Job, answer: Busy) -> Job:
    """Return the job as it waits before it asks again; raises Ended if it has waited for long enough."""
    now = context.now()
    since, attempts = min(job.progress.busy_since or now, now), job.progress.attempts + 1
    retry_at = now + timedelta(seconds=context.timing.busy_gap(attempts))
    status = CommandStatus(code=answer.code, http_status=answer.status, message=answer.message)
    progress = replace(with_status(job, status).progress, busy_since=since, attempts=attempts)
    if retry_at > since + timedelta(seconds=context.timing.busy_wait):
        raise Ended(End.BUSY, progress=progress)
    live = replace(job.live, starts=job.live.starts - 1) if job.live and job.wants_live else job.live
    return job.moved(Stage.BUSY, progress=replace(progress, retry_at=retry_at), live=live)


def command_status(state: CommandState) -> CommandStatus:
    """Return what Blink says of its command."""
    return CommandStatus(condition=state.condition, stage=state.stage, code=state.code, message=state.message)


def with_status(job: Job, status: CommandStatus) -> Job:
    """Return the job with Blink's latest words; while a picture is taken, its words about the missing video stay."""
    if job.reason:
        status = replace(job.progress.status, condition=status.condition, stage=status.stage)
    return job.changed(progress=replace(job.progress, status=status))
