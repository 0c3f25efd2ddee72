"""Finding a recording's own video: in Blink's cloud, on a USB drive, or learning that there will be none."""

from datetime import timedelta

from bot.blink import BlinkClient, BlinkError, RateLimited, SignedOut

from . import usb
from .choice import happened_in, own_videos
from .context import Context, log, target_of
from .ends import Ended
from .model import End, Job, Said, Stage
from .timing import endless

_EARLIER = timedelta(seconds=5)
_ASK_WHY = 3  # where no video is likely, Blink is asked at each so-many-th look whether it will keep none


async def look(context: Context, job: Job) -> Job:
    """Look for the video until its time is over, then go on to a picture with the reason."""
    assert job.recorded_at is not None
    if (context.now() - job.created_at).total_seconds() > context.timing.too_late:
        raise Ended(End.FOUND_TOO_LATE)
    household = await context.household(job)
    drive = usb.Search(context, household, job)
    async with drive.running():
        found = await _found(context, household.client, job, drive)
    if isinstance(found, End):
        return await in_place_of_video(context, job, found)
    return found


async def _found(context: Context, client: BlinkClient, job: Job, drive: usb.Search) -> Job | End:
    """Return the job with its video claimed, or why there is none; trouble in one place keeps none from the other."""
    assert job.recorded_at is not None
    hopeless = not target_of(job).video_likely and not drive.readable
    deadline = job.recorded_at + timedelta(seconds=context.timing.look_for)
    if job.resumed and drive.readable:  # a bot that was away still gives the Sync Module time for its list
        deadline = max(deadline, context.now() + timedelta(seconds=context.timing.usb_deadline))
    unseen = True  # whether Blink's list as it is now could not be read
    for count, gap in enumerate(endless(context.timing.look_gaps)):
        pause, found, unseen = gap, None, False
        try:
            found = await _in_cloud(context, client, job)
        except SignedOut:
            raise
        except BlinkError as error:
            log.info("look failed: %s", error)
            unseen = True
            if isinstance(error, RateLimited):
                pause = max(gap, error.retry_after)
        if found := found or await drive.claimed():
            return found
        if hopeless and count % _ASK_WHY == _ASK_WHY - 1 and await _no_plan(client, job):
            return End.NO_PLAN
        left = (deadline - context.now()).total_seconds()
        if left <= 0:
            break
        await drive.wait(min(pause, left))
    return await _why(client, job, drive, unseen=unseen)


async def in_place_of_video(context: Context, job: Job, reason: End) -> Job:
    """Queue for a picture, to be shown with the reason why there is no video."""
    if not job.confirmed or reason is End.USB_AMBIGUOUS:
        raise Ended(reason)
    queued = job.moved(
        Stage.QUEUED, reason=reason, said=Said(), command_id=None, busy_since=None, attempts=0, retry_at=None
    )
    return await context.save(job, queued)


async def _in_cloud(context: Context, client: BlinkClient, job: Job) -> Job | None:
    assert job.blink_started_at is not None
    listed = await client.media_since(job.blink_started_at - _EARLIER, partial=True)
    own = list(own_videos(job, listed, blink_now=client.blink_now()))
    before = await context.store.next_start(job) if own else None
    for entry in own_videos(job, own, blink_now=client.blink_now(), before=before):
        if entry.partial:  # what began later is not the job's own, and this will be whole
            return None
        found = job.moved(Stage.FETCHING, media_id=entry.media_id, media_path=entry.path)
        if await context.store.claim_media(job, found):
            return context.written(job, found)
    return None


async def _why(client: BlinkClient, job: Job, drive: usb.Search, *, unseen: bool) -> End:
    if not job.confirmed:
        return End.UNCONFIRMED
    if drive.ambiguous:
        return End.USB_AMBIGUOUS
    if drive.readable and not drive.listed:
        return End.USB_SILENT
    if not drive.readable and await _no_plan(client, job):
        return End.NO_PLAN
    return End.UNSEEN if unseen else End.NO_VIDEO


async def _no_plan(client: BlinkClient, job: Job) -> bool:
    """Say whether Blink lists this very recording as one that it keeps no video of; False where it does not answer."""
    assert job.blink_started_at is not None
    key = target_of(job).key
    try:
        events = await client.events_since(job.blink_started_at - _EARLIER)
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
