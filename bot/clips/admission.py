"""Find the camera of an acknowledged command, queue the job, and begin if its network is free."""

from collections.abc import Sequence
from dataclasses import replace
from difflib import SequenceMatcher

from bot.blink import Camera, Inventory

from .context import Context, network_of, target_of
from .ends import Ended
from .homes import Reached, inventory_of, is_lent, labels_of
from .model import End, Job, Kind, Stage, Target
from .order import MOST_RUNNING, MOST_UNFINISHED
from .ports import Household
from .reach import Reach

_MOST_OPTIONS = 25


async def resolve(context: Context, job: Job) -> Job:
    """Find the camera that was meant, and queue for its network.

    Raises Ended if no such camera may be used, and BlinkError.
    """
    context.still_wanted(job)
    reach = Reach(context, job.user_id, await context.permits.still(job.permits, job.kind))
    # The camera may be newer than the list.
    found = await reach.find(job.asked, max_age=context.timing.inventory_age) or await reach.find(job.asked, max_age=0)
    if len(found) != 1:
        raise await _not_the_one(context, job, reach, found)
    one = found[0]
    if one.lender and job.public:
        raise Ended(End.NOT_SHARED)
    job = job.changed(lender=one.lender)
    target = target_for(one.household.client.account_id, one.camera, one.inventory)
    if not await context.shows_state(one.lender):
        target = target.without_readings()
    if not one.camera.online:
        raise Ended(End.CAMERA_OFFLINE, target=target, lender=one.lender)
    if job.kind is Kind.CLIP and target.usb != "active":
        target = replace(target, video_likely=await one.household.keeps_videos_of(one.camera.key))
    if one.lender:
        context.spend(job, one.lender, target=target)
    queued = job.moved(Stage.QUEUED, target=target)
    if one.lender is None:
        asking = _asking(context, one.household, queued)
        if await context.store.begin(job, asking, most=MOST_RUNNING):
            return context.written(job, asking)
    admission = await context.store.queue(job, queued, most=MOST_UNFINISHED)
    if admission.running:
        raise Ended(End.ALREADY_RUNNING, target=target, lender=one.lender, options=_link(admission.running))
    if not admission.queued:
        raise Ended(End.TOO_MANY, target=target, lender=one.lender)
    if admission.first_use:
        context.used_first(queued)
    return context.written(job, queued)


async def _not_the_one(context: Context, job: Job, reach: Reach, found: Sequence[Reached]) -> Ended:
    """Return the end of a job whose camera is unknown or ambiguous, with the cameras that may have been meant."""
    if not found and is_lent(job.asked):
        return Ended(End.REVOKED)
    meant = found
    if not found:
        homes = await reach.homes(max_age=context.timing.inventory_age)
        meant = [one for home in homes for one in home.reached()]
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


async def take_turn(context: Context, job: Job) -> Job:
    """Begin if the network is free and at most two others of this person run; else show why not, and return `job`."""
    household = await context.household(job)
    context.still_wanted(job)
    if (context.now() - job.created_at).total_seconds() > context.timing.leave_age:  # a new command shows it itself
        await context.still_allowed(job, max_age=context.timing.leave_age)
    await context.still_lent(job)
    await inventory_of(context, household)  # its answer shows Blink's clock, which must be known before the POST
    asking = _asking(context, household, job)
    if await context.store.take_turn(job, asking):
        return context.written(job, asking)
    place = await context.store.place(job)
    held = None if place else await context.store.held_back(job)
    context.display.progress(job, place=place, held=held)
    return job


async def wait_for_turn(context: Context, job: Job) -> None:
    """Wait until it may be the turn of a queued job."""
    keys = network_of(target_of(job)), job.user_id, job.household_id
    await context.turns.wait(*keys, timeout=context.timing.turn_poll)


def _asking(context: Context, household: Household, job: Job) -> Job:
    return job.moved(Stage.ASKING, asked_at=context.now(), blink_started_at=household.client.blink_now())


def _likeness(asked: str, name: str) -> float:
    return SequenceMatcher(None, asked.casefold(), name.casefold()).ratio()


def _link(running: Job) -> tuple[tuple[str, str], ...]:
    """Return the path of a link to the running job's reply, or nothing if it has no message yet."""
    reply = running.reply
    if reply.message_id is None:
        return ()
    return ((running.id, f"{reply.guild_id or '@me'}/{reply.channel_id}/{reply.message_id}"),)
