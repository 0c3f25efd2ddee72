"""Find the video of a recording, in Blink's cloud or on a USB drive, or learn that there will be none."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import inf

from bot.blink import BlinkClient, BlinkError, SignedOut
from bot.cameras import Polling
from bot.models import End, Ended, Job, Stage

from . import usb
from .admission import instead_of_clip
from .matching import began_late, happened_in, own_videos
from .step_context import Context, log, target_of

_EARLIER = timedelta(seconds=5)
_UNREAD = 3  # if the list could not be read in the last third of the time, nobody knows whether there is a video


async def look(context: Context, job: Job) -> Job:
    """Look for the video until the deadline; then queue for a picture, with the reason.

    Raises Ended if no picture can replace it.
    """
    assert job.progress.recorded_at is not None
    if (context.now() - job.request.created_at).total_seconds() > context.timing.too_late:
        raise Ended(End.FOUND_TOO_LATE)
    session = await context.access.session(job)
    drive = usb.Search(context, session, job)
    async with drive.running():
        found = await _found(context, session.client, job, drive)
    if isinstance(found, End):
        return await in_place_of_video(context, job, found)
    return found


async def _found(context: Context, client: BlinkClient, job: Job, drive: usb.Search) -> Job | End:
    """Return the job with its video claimed, or why there is none.

    Trouble with the cloud does not stop the look at the drive, nor the other way round.
    """
    assert job.progress.recorded_at is not None
    timing, recorded_at = context.timing, job.progress.recorded_at
    left = context.left(recorded_at, timing.look_for)
    if job.resumed and drive.readable and left() < timing.usb_deadline:
        left = context.left(context.now(), timing.usb_deadline)  # a Sync Module still gets the time for a list
    cloud = _Cloud(
        read_at=job.progress.recorded_at, ask_why_at=job.progress.recorded_at + timedelta(seconds=timing.ask_why_after)
    )
    every, longest = timing.look_gaps
    polling = context.polling(job, "listed", since=recorded_at, every=every, longest=longest)
    while not cloud.denied or drive.readable:
        last = left() <= 0
        look_now = not cloud.denied and (last or polling.pause <= 0)
        if look_now and (found := await _looked(context, client, job, cloud, polling, last=last)):
            return found
        if found := await drive.claimed():
            return found
        if last:
            break
        if not cloud.denied and context.now() >= cloud.ask_why_at:
            cloud.ask_why_at = context.now() + timedelta(seconds=timing.ask_why_every)
            cloud.denied = await _no_plan(client, job)
            continue
        next_look = inf if cloud.denied else min(polling.pause, (cloud.ask_why_at - context.now()).total_seconds())
        await drive.wait(min(next_look, left()))
    if cloud.denied or context.now() - cloud.read_at < timedelta(seconds=timing.look_for / _UNREAD):
        cloud.trouble = None
    return await _why(client, job, drive, cloud)


@dataclass
class _Cloud:
    """The results of the looks into the cloud: when its list was last read, and the latest error.

    `denied` is set if Blink says that it keeps no video of this recording.
    """

    read_at: datetime
    ask_why_at: datetime
    trouble: BlinkError | None = None
    unfinished: bool = False
    gave_way: bool = False
    photo_seen_at: datetime | None = None
    denied: bool = False


async def _looked(
    context: Context, client: BlinkClient, job: Job, cloud: _Cloud, polling: Polling, *, last: bool
) -> Job | None:
    """Look into the cloud once, and return the job with its video claimed.

    Returns None if there is no video yet. Raises SignedOut.
    """
    unfinished = cloud.unfinished
    try:
        with polling.question():
            found = await _in_cloud(context, client, job, cloud, last=last)
            if cloud.unfinished and not unfinished:
                polling.grow_again()
    except SignedOut:
        raise
    except BlinkError as error:
        log.info("look failed: %s", error)
        cloud.trouble = error
        return None
    if found:
        if job.progress.confirmed and not cloud.gave_way:
            polling.over()
        return found
    cloud.read_at, cloud.trouble = context.now(), None
    return None


async def in_place_of_video(context: Context, job: Job, reason: End) -> Job:
    """Queue for the live view if Blink keeps no video, else for a picture that is shown with the reason for that.

    Raises Ended if no picture can replace it.
    """
    if reason is End.NO_PLAN:
        target = target_of(job)
        context.access.finder.retention.learned(target.account_id, target.key, kept=False)
        if queued := await instead_of_clip(context, job, reason):
            return queued
    if not job.progress.confirmed or reason is End.USB_AMBIGUOUS:
        raise Ended(reason)
    return await context.save(job, job.queued_again(reason=reason))


async def _in_cloud(context: Context, client: BlinkClient, job: Job, cloud: _Cloud, *, last: bool) -> Job | None:
    assert job.progress.blink_started_at is not None
    listed = await client.media_since(job.progress.blink_started_at - _EARLIER, partial=True, at_once=last)
    own = list(own_videos(job, listed, blink_now=client.blink_now()))
    before = await context.store.next_start(job) if own else None
    cloud.unfinished = False
    for entry in own_videos(job, own, blink_now=client.blink_now(), before=before):
        if began_late(job, entry.created_at) and not context.gave_way(job):
            cloud.gave_way = True
            return None
        if entry.photo and not last and not _alone_for_long(context, cloud):
            cloud.gave_way = True
            return None
        if entry.partial:  # the upload of the job's own video goes on; a later one is not its own
            cloud.unfinished = True
            return None
        result = replace(job.result, media_id=entry.media_id, media_path=entry.path)
        found = job.moved(Stage.FETCHING, result=result)
        if await context.store.save_unless_taken(job, found):
            target = target_of(job)
            context.access.finder.retention.learned(target.account_id, target.key, kept=True)
            return context.written(job, found)
    return None


def _alone_for_long(context: Context, cloud: _Cloud) -> bool:
    """Return whether only a photo has been listed for so long that it must be the recording."""
    cloud.photo_seen_at = cloud.photo_seen_at or context.now()
    return (context.now() - cloud.photo_seen_at).total_seconds() >= context.timing.photo_gives_way


async def _why(client: BlinkClient, job: Job, drive: usb.Search, cloud: _Cloud) -> End:
    if cloud.unfinished:
        raise Ended(End.VIDEO_LOST)
    if not job.progress.confirmed:
        return End.UNCONFIRMED
    if drive.ambiguous:
        return End.USB_AMBIGUOUS
    if drive.readable and not drive.listed:
        return End.USB_SILENT
    if cloud.trouble:
        return End.UNSEEN
    if not drive.readable and (cloud.denied or await _no_plan(client, job)):
        return End.NO_PLAN
    return End.NO_VIDEO


async def _no_plan(client: BlinkClient, job: Job) -> bool:
    """Return whether Blink lists this recording as one without a video.

    Returns False if Blink does not answer.
    """
    assert job.progress.blink_started_at is not None
    key = target_of(job).key
    try:
        events = await client.events_since(job.progress.blink_started_at - _EARLIER)
    except BlinkError as error:
        log.info("why there is no video is not known: %s", error)
        return False
    own = [
        event
        for event in events
        if (event.network_id, event.camera_id) == (key.network_id, key.camera_id)
        and happened_in(job, event.created_at, blink_now=client.blink_now())
    ]
    return any(event.no_plan for event in own) and not any(event.has_video for event in own)
