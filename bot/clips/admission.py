"""From the acknowledged command to its turn: find the camera, queue, wait for the network."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from difflib import SequenceMatcher

from bot.blink import Camera, Inventory, Unreachable

from .context import Context, network_of, target_of
from .ends import Ended
from .model import End, Job, Kind, Stage, Target
from .ports import Household

MOST_LIVE = 3
_MOST_OPTIONS = 25


async def resolve(context: Context, job: Job) -> Job:
    """Find the camera that was meant and queue for its network."""
    context.still_wanted(job)
    household = await context.household(job)
    inventory = await _inventory(context, household)
    found = inventory.find(job.asked)
    if not found:  # the camera may be younger than the list
        inventory = await household.inventory(max_age=0)
        found = inventory.find(job.asked)
    camera = _the_one(job.asked, found, inventory)
    target = target_for(household.client.account_id, camera, inventory)
    if not camera.online:
        raise Ended(End.CAMERA_OFFLINE, target=target)
    if job.kind is Kind.CLIP and target.usb != "active":
        target = replace(target, video_likely=await household.keeps_videos_of(camera.key))
    queued = job.moved(Stage.QUEUED, target=target)
    admission = await context.store.queue(job, queued, most=MOST_LIVE)
    if admission.running:
        raise Ended(End.ALREADY_RUNNING, target=target, options=_link(admission.running))
    if not admission.queued:
        raise Ended(End.TOO_MANY, target=target)
    return context.written(job, queued)


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
    """Wait until the network is this job's."""
    household = await context.household(job)
    while True:
        context.still_wanted(job)
        await _inventory(context, household)  # also shows Blink's clock, which must be known before the camera is asked
        asking = job.moved(Stage.ASKING, asked_at=context.now(), blink_started_at=household.client.blink_now())
        if await context.store.take_turn(job, asking):
            return context.written(job, asking)
        context.display.progress(job, place=await context.store.place(job))
        await context.turns.wait(network_of(target_of(job)), timeout=context.timing.turn_poll)


async def _inventory(context: Context, household: Household) -> Inventory:
    try:
        return await household.inventory(max_age=context.timing.inventory_age)
    except Unreachable:
        await asyncio.sleep(context.timing.again)
        return await household.inventory(max_age=context.timing.inventory_age)


def _the_one(asked: str, found: Sequence[Camera], inventory: Inventory) -> Camera:
    if len(found) == 1:
        return found[0]
    end, meant = (End.CAMERA_AMBIGUOUS, found) if found else (End.CAMERA_UNKNOWN, inventory.cameras)
    likeliest = sorted(meant, key=lambda camera: _likeness(asked, camera.name), reverse=True)
    raise Ended(end, options=tuple((str(camera.key), camera.label) for camera in likeliest[:_MOST_OPTIONS]))


def _likeness(asked: str, name: str) -> float:
    return SequenceMatcher(None, asked.casefold(), name.casefold()).ratio()


def _link(running: Job) -> tuple[tuple[str, str], ...]:
    """Return where the running job's reply is, as the path of a link to a Discord message."""
    reply = running.reply
    if reply.message_id is None:
        return ()
    return ((running.id, f"{reply.guild_id or '@me'}/{reply.channel_id}/{reply.message_id}"),)
