"""Record a camera's live view to a file, and make a video of it."""

import asyncio
from contextlib import suppress
from dataclasses import replace

from bot.accounts import Session
from bot.blink import (
    BlinkClient,
    BlinkError,
    Busy,
    CommandState,
    LiveEnd,
    LiveRecorder,
    LiveSession,
    NeverSent,
    NoLiveView,
    NotUnderstood,
    Refused,
    Unreachable,
)
from bot.models import CommandStatus, End, Ended, Job, LiveView, Stage, StorageUnavailable, Superseded
from bot.video import NotRemuxed

from . import pictures
from .admission import picture_instead, queue_again
from .blink_command import busy, command_status, sent, with_status
from .downloading import deliver
from .step_context import Context, LiveViews, Media, log, status_of, target_of

STREAM = ".ts"  # ends the name of a file with raw media
_MOST_SESSIONS = 2  # of a job: the second only after an interruption, or after a session that gave no picture
_FAILURES = {
    LiveEnd.NO_MEDIA: End.LIVE_NO_MEDIA,
    LiveEnd.FAILED: End.LIVE_FAILED,
    LiveEnd.UNTRUSTED: End.LIVE_UNTRUSTED,
    LiveEnd.UNREACHABLE: End.LIVE_UNREACHABLE,
}
_NOT_STARTED = {NoLiveView.UNSUPPORTED: End.LIVE_UNSUPPORTED, NoLiveView.NO_SERVER: End.LIVE_REFUSED}
_NOT_REMUXED = {
    NotRemuxed.NOT_INSTALLED: End.LIVE_NEEDS_PYAV,
    NotRemuxed.EMPTY: End.LIVE_EMPTY,
    NotRemuxed.TOO_SHORT: End.LIVE_EMPTY,
    NotRemuxed.TOO_SLOW: End.LIVE_NO_VIDEO,
    NotRemuxed.FAILED: End.LIVE_NO_VIDEO,
}
_WITHOUT_PICTURE = frozenset({End.LIVE_NO_MEDIA, End.LIVE_FAILED, End.LIVE_EMPTY, End.LIVE_INTERRUPTED})


async def record(context: Context, job: Job) -> Job:
    """Start a live session and save its stream; after an unclear answer it is not started again."""
    recorder = _views_of(context).recorder
    if job.resumed:
        context.still_wanted(job)
    session, target = await context.access.session(job), target_of(job)
    client, lost = session.client, job.progress.command_id
    if lost is not None:  # the session of a process that is gone, which Blink may still serve
        await client.end_live_view(target.key.network_id, lost)
        await asyncio.sleep(context.timing.live_gap)
        job = job.changed(progress=replace(job.progress, command_id=None))
    if _live_of(job).starts > _MOST_SESSIONS:
        return await picture_instead(context, job, End.LIVE_INTERRUPTED)
    serial = await _serial(context, session, job)  # before the start, since nothing may come between it and its end
    try:
        started = await sent(context, client.start_live_view, target.key)
    except NeverSent:
        raise
    except Refused as refused:
        return await picture_instead(context, with_status(job, status_of(refused)), End.LIVE_REFUSED)
    except (Unreachable, NotUnderstood) as error:
        log.warning("whether the live view began is unclear: %s", error)
        return await picture_instead(context, with_status(job, status_of(error)), End.LIVE_UNCONFIRMED)
    match started:
        case Busy():
            return await context.save(job, busy(context, job, started))
        case NoLiveView():
            return await picture_instead(context, job, _NOT_STARTED[started])
        case LiveSession():
            job = await _saved(context, client, job, started)
    async with pictures.previewed(context, session, job):
        return await _recorded(context, client, job, started, recorder, serial)


async def _saved(context: Context, client: BlinkClient, job: Job, session: LiveSession) -> Job:
    """Write that the session has begun, and end it if that cannot be written."""
    job = with_status(job, CommandStatus())
    progress = replace(job.progress, command_id=session.command_id, blink_started_at=session.at, retry_at=None)
    try:
        return await context.save(job, job.changed(progress=progress))
    except BaseException:
        await client.end_live_view(session.network_id, session.command_id)
        raise


async def _serial(context: Context, session: Session, job: Job) -> str:
    """Return the camera's serial number for its relay, which takes any: "" if the cameras cannot be listed."""
    with suppress(BlinkError):
        inventory = await session.inventory(max_age=context.timing.inventory_age)
        return next((one.serial for one in inventory.cameras if one.key == target_of(job).key), "")
    return ""


async def _recorded(
    context: Context, client: BlinkClient, job: Job, session: LiveSession, recorder: LiveRecorder, serial: str
) -> Job:
    """Record a session that has begun, and return the job as it goes on."""
    live = _live_of(job)

    def show(seconds: float, state: CommandState | None) -> None:
        so_far = replace(live, began_at=live.began_at or context.now(), recorded=seconds)
        heard = with_status(job, command_status(state)) if state else job
        context.display.progress(heard.changed(live=so_far))

    raw = context.media.folder / f"{job.id}{STREAM}"
    recording = await recorder.record(client, session, raw, serial=serial, seconds=live.seconds, show=show)
    if recording.state:
        job = with_status(job, command_status(recording.state))
    job = job.changed(progress=replace(job.progress, recorded_at=context.now()))
    if failure := _FAILURES.get(recording.end):
        return await _without_picture(context, job, failure)
    live = replace(live, began_at=recording.first_media_at, recorded=recording.seconds)
    return await _save_recorded(context, job, job.moved(Stage.FETCHING, live=live))


async def _save_recorded(context: Context, job: Job, recorded: Job) -> Job:
    """Write that the recording is over, again while the database is away: until the lease ends, only we know it."""
    unclear = False
    while True:
        try:
            try:
                await context.store.save(job, recorded)
            except Superseded:
                if not unclear:
                    raise
                await context.store.still(recorded)  # unless another process has it, an earlier try was saved after all
        except StorageUnavailable as error:
            log.warning("that the live view is recorded is not saved yet: %s", error)
            unclear = True
            await asyncio.sleep(context.timing.save_again)
        else:
            return context.written(job, recorded)


async def make_video(context: Context, job: Job) -> Job:
    """Make a video of the stream, and show it where the person wants it."""
    session, live, views = await context.access.session(job), _live_of(job), _views_of(context)
    raw, path = context.media.folder / f"{job.id}{STREAM}", context.media.folder / f"{job.id}.mp4"
    if job.resumed and not await asyncio.to_thread(raw.exists):  # lost with the process that recorded it
        return await _without_picture(context, with_status(job, CommandStatus()), End.LIVE_INTERRUPTED)
    made = await views.remuxer.remux(raw, path, most_seconds=live.seconds, sound=views.sound)
    if isinstance(made, NotRemuxed):
        return await _without_picture(context, job, _NOT_REMUXED[made])
    job = job.changed(live=replace(live, silent=not made.sound))
    found = replace(job.result, size=made.size, seconds=made.seconds)
    video = Media(path, made.size, context.media.shrinker, turn=lambda: context.slot(context.limits.encoders, job))
    return await deliver(context, session, job, found, video)


async def go_on(context: Context, job: Job) -> Job:
    """Start the live view again whose session is lost; if it was the last, `record` ends it."""
    live = _live_of(job)
    more = live.starts < _MOST_SESSIONS
    # Blink was free for the lost session, so a wait from before it is over.
    progress = replace(job.progress, asked_at=context.now(), busy_since=None, attempts=0)
    again = job.changed(live=replace(live, starts=live.starts + 1, again=more), progress=progress)
    return await context.save(job, again)


async def _without_picture(context: Context, job: Job, failure: End) -> Job:
    """Return the job as it goes on after a session without a picture: to a second one, or to a picture."""
    live = _live_of(job)
    if failure in _WITHOUT_PICTURE and live.starts < _MOST_SESSIONS:
        queued = job.queued_again(live=replace(live, began_at=None, again=failure is End.LIVE_INTERRUPTED))
        return await queue_again(context, job, queued, failure)
    return await picture_instead(context, job, failure)


def _live_of(job: Job) -> LiveView:
    assert job.live is not None
    return job.live


def _views_of(context: Context) -> LiveViews:
    """Return the means to record; raises Ended if the host has taken them away while the job waited."""
    if isinstance(context.live_views, End):
        raise Ended(context.live_views)
    return context.live_views
