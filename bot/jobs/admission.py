"""Find the camera of an acknowledged command and queue the job, at first for a clip, a picture or the live view."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from difflib import SequenceMatcher

from bot.accounts import Session
from bot.blink import BlinkClient, Camera, Inventory
from bot.cameras import AccessibleCamera, Reach, labels_of, owner_of
from bot.models import (
    DEFAULT_LIVE,
    MOST_UNFINISHED,
    End,
    Ended,
    Job,
    Kind,
    LiveView,
    Right,
    Stage,
    Target,
    is_shared,
    longest_live,
)

from .step_context import Context, LiveViews, target_of

_MOST_OPTIONS = 25


async def resolve(context: Context, job: Job) -> Job:
    """Find the camera that was meant, and queue for its network.

    Raises Ended if no such camera may be used, and BlinkError.
    """
    context.still_wanted(job)
    reach = await context.access.reach(job)
    # The camera may be newer than the list.
    found = await reach.find(job.request.asked, max_age=context.timing.inventory_age)
    found = found or await reach.find(job.request.asked, max_age=0, loosely=True)
    if len(found) != 1:
        raise await _not_the_one(context, job, reach, found)
    one = found[0]
    if one.owner and job.public:
        raise Ended(End.NOT_SHARED)
    job = job.changed(owner=one.owner)
    target = target_for(one.session.client.account_id, one.camera, one.inventory)
    if not await context.access.shows_state(one.owner):
        target = target.without_readings()
    if not one.camera.online:
        raise Ended(End.CAMERA_OFFLINE, target=target, owner=one.owner)
    if (job.request.live_seconds or 0) > longest_live(one.camera.key):
        raise Ended(End.LIVE_TOO_LONG, target=target, owner=one.owner)
    if job.request.kind is Kind.CLIP and target.usb != "active":
        kept = await context.access.finder.retention.keeps_videos_of(one.session.client, one.camera.key)
        target = replace(target, video_likely=kept)
    if one.owner:
        await context.access.still_allowed(job, max_age=context.timing.leave_age)
        context.access.spend(job, one.owner, target=target)
    live = await _live_at_once(context, one.session.client, job, target)
    return await queue(context, job, job.moved(Stage.QUEUED, target=target, live=live), one.session)


async def queue(context: Context, job: Job, queued: Job, session: Session) -> Job:
    """Let a job wait for its turn, or begin if that has come; raises Ended if its person has the same, or too many."""
    begun = None
    if not _is_old(context, job):
        begun = asking_since(queued, context.now(), session.client.blink_now())
    gap = _live_gap(context)
    admission = await context.store.queue(job, queued, most=MOST_UNFINISHED, begun=begun, live_gap=gap)
    target, owner = queued.target, queued.owner
    if admission.running:
        raise Ended(End.ALREADY_RUNNING, target=target, owner=owner, options=_link(admission.running))
    if not admission.queued:
        raise Ended(End.TOO_MANY, target=target, owner=owner)
    if admission.first_use:
        context.access.used_first(queued)
    return context.written(job, begun if begun and admission.begun else queued)


async def _not_the_one(context: Context, job: Job, reach: Reach, found: Sequence[AccessibleCamera]) -> Ended:
    """Return the end of a job whose camera is unknown or ambiguous, with the cameras that may have been meant."""
    if not found and is_shared(job.request.asked):
        return Ended(End.REVOKED)
    if not found and (end := out_of_reach(context, job, reach)):
        return end
    meant = found
    if not found:
        accounts = await reach.accounts(max_age=context.timing.inventory_age)
        meant = [one for account in accounts for one in account.cameras()]
    likeliest = sorted(meant, key=lambda one: _likeness(job.request.asked, one.camera.name), reverse=True)
    labels = labels_of(meant)
    options = tuple((one.choice, labels[one.choice]) for one in likeliest[:_MOST_OPTIONS])
    return Ended(End.CAMERA_AMBIGUOUS if found else End.CAMERA_UNKNOWN, options=options)


def out_of_reach(context: Context, job: Job, reach: Reach) -> Ended | None:
    """Return the end of a job whose camera may be in an account of somebody else that could not be looked at.

    Returns None if all could be, or if a whole channel would read how somebody's Blink is.
    """
    if job.public or not reach.out_of_reach:
        return None
    owner, error = owner_of(reach.out_of_reach[0].share), reach.out_of_reach[0].error
    ended = error if isinstance(error, Ended) else context.failed(job, error)
    return Ended(ended.end, **{**ended.changes, "owner": owner})


def target_for(account_id: int, camera: Camera, inventory: Inventory) -> Target:
    """Return what a job remembers of a camera."""
    module = inventory.usb.get(camera.key.network_id)
    return Target(
        account_id,
        camera.key,
        camera.name,
        camera.network,
        usb=module.state if module else None,
        battery=camera.battery,
        temperature=camera.temperature,
        wifi=camera.wifi,
    )


async def take_turn(context: Context, job: Job) -> Job:
    """Begin if the network is free and at most two others of this person run; else show why not, and return `job`."""
    session = await context.access.session(job)
    context.still_wanted(job)
    if _is_old(context, job):
        await context.access.still_allowed(job, max_age=context.timing.leave_age)
        await context.access.still_shared(job)  # the share may have ended while Discord was asked
    await context.access.finder.inventory(session)  # every answer carries Blink's time, and there may be none yet
    asking = asking_since(job, context.now(), session.client.blink_now())
    if await context.store.take_turn(job, asking, live_gap=_live_gap(context)):
        return context.written(job, asking)
    order = await context.store.order(job)
    position = order.position(job.id)
    context.display.progress(job, position=position, held=None if position else order.held_back(job.id))
    return job


def _is_old(context: Context, job: Job) -> bool:
    """Return whether a command may no longer be true of its person's roles, which it tells."""
    return (context.now() - job.request.created_at).total_seconds() > context.timing.leave_age


def _live_gap(context: Context) -> timedelta:
    return timedelta(seconds=context.timing.live_gap)


async def wait_for_turn(context: Context, job: Job) -> None:
    """Wait until it may be the turn of a queued job."""
    keys = target_of(job).system, job.request.user_id, job.owner_id
    await context.turns.wait(*keys, timeout=context.timing.turn_poll)


def asking_since(job: Job, now: datetime, blink_now: datetime) -> Job:
    """Return the job as its camera is about to be asked."""
    progress = replace(job.progress, asked_at=now, blink_started_at=blink_now)
    if job.live and job.wants_live:
        return job.moved(Stage.LIVE, progress=progress, live=replace(job.live, starts=job.live.starts + 1))
    return job.moved(Stage.ASKING, progress=progress)


def _likeness(asked: str, name: str) -> float:
    return SequenceMatcher(None, asked.casefold(), name.casefold()).ratio()


def _link(running: Job) -> tuple[tuple[str, str], ...]:
    """Return the path of a link to the running job's reply, or nothing if it has no message yet."""
    reply = running.reply
    if reply.message_id is None:
        return ()
    return ((running.id, f"{reply.guild_id or '@me'}/{reply.channel_id}/{reply.message_id}"),)


async def _live_at_once(context: Context, client: BlinkClient, job: Job, target: Target) -> LiveView | None:
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
            if queued.owner:
                user_id, label = queued.request.user_id, target_of(queued).label
                await context.access.shares.used(queued.owner.share_id, user_id, what=Right.LIVE, label=label)
            return queued


async def picture_instead(context: Context, job: Job, failure: End) -> Job:
    """Queue a job for a picture, since no video of its live view comes; raises Ended as `queue_again` does."""
    status = job.progress.status  # Blink's words about the failure
    queued = job.queued_again(reason=failure)
    return await queue_again(context, job, queued.changed(progress=replace(queued.progress, status=status)), failure)


async def queue_again(context: Context, job: Job, queued: Job, failure: End) -> Job:
    """Queue a job once more after a failure.

    Raises Ended with that if its person has another job for the camera, as they may while a video of this one is made.
    """
    if not await context.store.save_unless_taken(job, queued):
        raise Ended(failure, progress=job.progress)
    return context.written(job, queued)


async def _may(context: Context, job: Job) -> bool:
    """Return whether the job's person may record the live view of its camera."""
    return job.owner is None or bool(await context.access.shares.still([job.owner.share_id], Right.LIVE))
