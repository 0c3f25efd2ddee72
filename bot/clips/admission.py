"""From the acknowledged command to its turn: find the camera, queue, wait for the network."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bot.accounts import Session
from bot.blink import Camera, Inventory
from bot.cameras import AccessibleCamera, Reach, labels_of
from bot.models import MOST_UNFINISHED, End, Ended, Job, Kind, Stage, Target, is_shared

from .context import Context, target_of

_MOST_OPTIONS = 25


async def resolve(context: Context, job: Job) -> Job:
    """Find the camera that was meant and queue for its network."""
    context.still_wanted(job)
    reach = context.finder.reach(job.user_id, await context.grants.still(job.permits, job.kind))
    # The camera may be younger than the list.
    found = await reach.find(job.asked, max_age=context.timing.inventory_age) or await reach.find(job.asked, max_age=0)
    if len(found) != 1:
        raise await _not_the_one(context, job, reach, found)
    one = found[0]
    if one.lender and job.public:
        raise Ended(End.NOT_SHARED)
    job = job.changed(lender=one.lender)
    target = target_for(one.session.client.account_id, one.camera, one.inventory)
    if not await context.shows_state(one.lender):
        target = target.without_readings()
    if not one.camera.online:
        raise Ended(End.CAMERA_OFFLINE, target=target, lender=one.lender)
    if job.kind is Kind.CLIP and target.usb != "active":
        target = replace(target, video_likely=await one.session.keeps_videos_of(one.camera.key))
    if one.lender:
        context.spend(job, one.lender, target=target)
    queued = job.moved(Stage.QUEUED, target=target)
    admission = await context.store.queue(job, queued, most=MOST_UNFINISHED)
    if admission.running:
        raise Ended(End.ALREADY_RUNNING, target=target, lender=one.lender, options=_link(admission.running))
    if not admission.queued:
        raise Ended(End.TOO_MANY, target=target, lender=one.lender)
    if admission.first_use:
        context.used_first(queued)
    return context.written(job, queued)


async def _not_the_one(context: Context, job: Job, reach: Reach, found: Sequence[AccessibleCamera]) -> Ended:
    """Return the end of a job whose camera is none, or one of several, with those that may have been meant."""
    if not found and is_shared(job.asked):
        return Ended(End.REVOKED)
    meant = found
    if not found:
        accounts = await reach.accounts(max_age=context.timing.inventory_age)
        meant = [one for account in accounts for one in account.cameras()]
    likeliest = sorted(meant, key=lambda one: _likeness(job.asked, one.camera.name), reverse=True)
    labels = labels_of(meant)
    options = tuple((one.choice, labels[one.choice]) for one in likeliest[:_MOST_OPTIONS])
    return Ended(End.CAMERA_AMBIGUOUS if found else End.CAMERA_UNKNOWN, options=options)


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


async def wait_for_turn(context: Context, job: Job) -> Job:
    """Wait until the network is this job's, and no more than three of its person run."""
    session = await context.session(job)
    while True:
        context.still_wanted(job)
        if (context.now() - job.created_at).total_seconds() > context.timing.leave_age:  # the command said so itself
            await context.still_allowed(job, max_age=context.timing.leave_age)
        await context.still_lent(job)
        blink_now = await _blink_time(context, session)
        asking = job.moved(Stage.ASKING, asked_at=context.now(), blink_started_at=blink_now)
        if await context.store.take_turn(job, asking):
            return context.written(job, asking)
        context.crowd.starting.leave(job.id)
        place = await context.store.place(job)
        held = None if place else await context.store.held_back(job)
        context.display.progress(job, place=place, held=held)
        keys = target_of(job).system, job.user_id, job.household_id
        await context.turns.wait(*keys, timeout=context.timing.turn_poll)
        await context.crowd.starting.enter(job.id, context.visitor(job))


async def _blink_time(context: Context, session: Session) -> datetime:
    """Return the time by Blink's clock, which every answer carries: the one with the cameras, if there was none yet."""
    await context.finder.inventory(session)
    return session.client.blink_now()


def _likeness(asked: str, name: str) -> float:
    from difflib import SequenceMatcher  # for a name that nothing is called, which is seldom

    return SequenceMatcher(None, asked.casefold(), name.casefold()).ratio()


def _link(running: Job) -> tuple[tuple[str, str], ...]:
    """Return where the running job's reply is, as the path of a link to a Discord message."""
    reply = running.reply
    if reply.message_id is None:
        return ()
    return ((running.id, f"{reply.guild_id or '@me'}/{reply.channel_id}/{reply.message_id}"),)
