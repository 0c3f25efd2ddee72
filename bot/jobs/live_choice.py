"""Decide when a job records its camera's live view: a length was asked for, or there will be no clip."""

from dataclasses import replace

from bot.blink import BlinkClient
from bot.models import DEFAULT_LIVE, End, Ended, Job, Kind, LiveView, Right, Target

from .step_context import Context, LiveViews


async def at_once(context: Context, client: BlinkClient, job: Job, target: Target) -> LiveView | None:
    """Return the live view with which a job begins, None if it begins with a clip.

    Raises Ended if a length was asked for, and the live view may not be recorded.
    """
    views, seconds = context.live_views, job.request.live_seconds
    if seconds is not None:
        if isinstance(views, End):
            raise Ended(views, target=target, owner=job.owner)
        if not await _may(context, job):
            raise Ended(End.LIVE_NOT_SHARED, target=target, owner=job.owner)
        return LiveView(seconds, because=None)
    if job.request.kind is not Kind.CLIP or target.video_likely or isinstance(views, End):
        return None
    without = await context.access.finder.retention.without_videos(client, [target.key])
    if target.key in without and await _may(context, job):
        return LiveView(DEFAULT_LIVE, because=End.NO_PLAN)
    return None


async def instead_of_clip(context: Context, job: Job, because: End) -> Job | None:
    """Queue a job for a live view, since there will be no clip; for a picture, if only PyAV is missing for it.

    Returns None if no live view may be recorded, or if it is the picture in place of a video that does not come.
    """
    if job.wants_picture or job.live or not await _may(context, job):
        return None
    live = LiveView(DEFAULT_LIVE, because)
    match context.live_views:
        case End.LIVE_OFF:
            return None
        case End() as why_not:
            return await picture_instead(context, job.changed(live=live), why_not)
        case LiveViews():
            queued = await context.save(job, job.queued_again(live=live))
            await _note_use(context, queued)
            return queued


async def picture_instead(context: Context, job: Job, failure: End) -> Job:
    """Queue a job for a picture, since its live view has failed too; raises Ended as `queue_again` does."""
    status = job.progress.status  # Blink's words about the failure
    queued = job.queued_again(reason=failure)
    return await queue_again(context, job, queued.changed(progress=replace(queued.progress, status=status)), failure)


async def queue_again(context: Context, job: Job, queued: Job, failure: End) -> Job:
    """Queue a job once more after a failure.

    Raises Ended with that if its person has another job for the camera, as they may while a video of this one is made.
    """
    if not await context.store.queue_again(job, queued):
        raise Ended(failure, progress=job.progress)
    return context.written(job, queued)


async def _may(context: Context, job: Job) -> bool:
    """Return whether the job's person may record the live view of its camera."""
    return job.owner is None or bool(await context.access.shares.still([job.owner.share_id], Right.LIVE))


async def _note_use(context: Context, job: Job) -> None:
    if job.owner and job.target:
        user_id, label = job.request.user_id, job.target.label
        await context.access.shares.used(job.owner.share_id, user_id, what=Right.LIVE, label=label)
