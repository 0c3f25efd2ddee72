"""Record a camera's live view to a file, and make a video of it."""

import asyncio
from dataclasses import replace
from datetime import timedelta

from bot.blink import (
    BlinkClient,
    Busy,
    LiveEnd,
    LiveRecording,
    LiveSession,
    NeverSent,
    NoLiveView,
    NotUnderstood,
    Refused,
    Unreachable,
)
from bot.files import remove
from bot.models import End, Ended, Job, LiveView, Stage
from bot.video import NotRemuxed

from . import pictures
from .context import Context, LiveViews, log, target_of
from .fetching import deliver
from .live_choice import picture_instead
from .media import Media
from .outcomes import status_of
from .recording import busy, command_status

_MOST_SESSIONS = 2  # of a job: the second only after a restart, or after a session that gave no picture
_FAILURES = {
    LiveEnd.NO_MEDIA: End.LIVE_NO_MEDIA,
    LiveEnd.FAILED: End.LIVE_FAILED,
    LiveEnd.UNTRUSTED: End.LIVE_UNTRUSTED,
    LiveEnd.UNREACHABLE: End.LIVE_UNREACHABLE,
}
_NOT_STARTED = {NoLiveView.UNSUPPORTED: End.LIVE_UNSUPPORTED, NoLiveView.NO_SERVER: End.LIVE_REFUSED}
_NO_VIDEO = {
    NotRemuxed.EMPTY: End.LIVE_EMPTY,
    NotRemuxed.TOO_SHORT: End.LIVE_EMPTY,
    NotRemuxed.NOT_INSTALLED: End.LIVE_NEEDS_PYAV,
}
_WITHOUT_PICTURE = frozenset({End.LIVE_NO_MEDIA, End.LIVE_FAILED, End.LIVE_EMPTY})


async def record(context: Context, job: Job) -> Job:
    """Start a live session and save its stream; after an unclear answer it is not started again."""
    session = await context.access.session(job)
    client, camera = session.client, target_of(job).key
    if job.progress.command_id is not None:  # of a process that is gone; Blink may still serve its session
        await client.end_live_view(camera.network_id, job.progress.command_id)
    try:
        started = await _start(context, client, job)
    except NeverSent:
        raise
    except Refused as refused:
        return await picture_instead(context, _with_status(job, status_of(refused)), End.LIVE_REFUSED)
    except (Unreachable, NotUnderstood) as error:
        log.warning("whether the live view began is unclear: %s", error)
        return await picture_instead(context, _with_status(job, status_of(error)), End.LIVE_FAILED)
    match started:
        case Busy():
            return await context.save(job, busy(context, job, started))
        case NoLiveView():
            return await picture_instead(context, job, _NOT_STARTED[started])
        case LiveSession():
            progress = replace(job.progress, command_id=started.command_id, blink_started_at=started.at)
            job = await context.save(job, job.changed(progress=progress))
    inventory = await session.inventory(max_age=context.timing.inventory_age)
    serial = next((one.serial for one in inventory.cameras if one.key == camera), "")
    async with pictures.previewed(context, session, job):
        recording = await _recorded(context, client, job, started, serial)
    return await _over(context, job, recording)
