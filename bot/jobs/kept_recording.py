"""A recording that Blink keeps already: finding the one that was chosen from a list."""

import asyncio
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.blink import BlinkClient, Camera, Inventory, Manifest, UsbClip, UsbModule
from bot.cameras import READABLE, owner_of, usb_name
from bot.models import MOST_UNFINISHED, End, Ended, Job, Stage, split_owner

from . import usb
from .admission import target_for
from .step_context import Context, target_of

_CHOICE = re.compile(
    r"cloud\.(?P<media>\d{1,18})\.(?P<at>\d{1,11})|usb\.(?P<network>\d{1,18})\.(?P<on>\d{1,11})\.(?P<name>.+)"
)
_LISTED = timedelta(days=60)  # a list goes back for 30 days, and its menu may be used long after it was made


def media_id_of(choice: str) -> int | None:
    """Return the id of the cloud recording that a choice stands for, or None if it stands for something else."""
    match = _CHOICE.fullmatch(choice)
    return int(match["media"]) if match and match["media"] else None


async def find(context: Context, job: Job) -> Job:
    """Find the recording that was chosen among the person's own."""
    context.still_wanted(job)
    owner, choice = split_owner(job.request.asked)
    match = _CHOICE.fullmatch(choice)
    if match is None:
        raise Ended(End.GONE)
    if owner is not None and job.public:
        raise Ended(End.NOT_SHARED)
    if await context.store.chosen_before(job) >= MOST_UNFINISHED:
        raise Ended(End.TOO_MANY)
    reach = await context.access.reach(job)
    account = await reach.account(owner, max_age=context.timing.inventory_age)
    session, inventory = account.session, account.inventory
    if owner := owner_of(next(iter(account.shares), None)):
        context.access.spend(job, owner)
    # A guest of one network must not make the bot ask another network's Sync Module.
    usable = {one.camera.key.network_id for one in account.cameras()}
    if match["media"]:
        at = datetime.fromtimestamp(int(match["at"]), UTC)
        since = max(at, context.now() - _LISTED)  # not the whole history, whatever is asked
        found = await _in_cloud(session.client, job, inventory, int(match["media"]), since)
    else:
        network = int(match["network"])
        module = inventory.usb.get(network) if network in usable else None
        wanted = match["name"], int(match["on"])
        found = await _on_usb(context, session.client, job, inventory, module, wanted) if module else None
    if found is None:
        raise Ended(End.GONE)
    if not account.own:
        target = target_of(found)
        share = account.share_for(target.key)
        if share is None:  # another camera of that account
            raise Ended(End.GONE)
        owner = owner_of(share)
        if not await context.access.shows_state(owner):
            target = target.without_readings()
        found = found.changed(owner=owner, target=target)
        if await context.store.choose(job, found):
            context.access.used_first(found)
        return context.written(job, found)
    return await context.save(job, found)


async def _in_cloud(client: BlinkClient, job: Job, inventory: Inventory, media_id: int, at: datetime) -> Job | None:
    for entry in await client.media_since(at):
        camera = inventory.camera_of(entry)
        if entry.media_id == media_id and camera:
            target = target_for(client.account_id, camera, inventory)
            return job.moved(
                Stage.FETCHING,
                target=target,
                progress=replace(job.progress, asked_at=entry.created_at),
                result=replace(job.result, media_path=entry.path),
            )
    return None


async def _on_usb(
    context: Context, client: BlinkClient, job: Job, inventory: Inventory, module: UsbModule, wanted: tuple[str, int]
) -> Job | None:
    """Find a clip by its name and second: in the list it was chosen from, else in a new one."""
    if module.state not in READABLE or module.module_id is None:
        raise Ended(End.USB_SILENT)
    manifest = context.drives.recent(client.account_id, module.network_id)
    clip = _wanted(manifest, wanted)
    if manifest is None or clip is None:
        manifest = await _listed_again(context, client, module)
        clip = _wanted(manifest, wanted)
    named = [camera for camera in inventory.cameras if clip and _is_of(clip, camera, module)]
    if clip is None or len(named) != 1:
        return None
    target = target_for(client.account_id, named[0], inventory)
    found = job.changed(target=target, progress=replace(job.progress, asked_at=clip.created_at))
    return usb.at(found, clip, client.usb.path(module, manifest, clip))


async def _listed_again(context: Context, client: BlinkClient, module: UsbModule) -> Manifest:
    """Return a new list of a drive's clips; raises Ended if its Sync Module gives none for too long."""
    loop, asked_at = asyncio.get_running_loop(), context.now()
    until = loop.time() + context.timing.usb_deadline
    while loop.time() < until:
        manifest = await context.drives.listed(client, module, newer_than=asked_at)
        if manifest:
            return manifest
        await asyncio.sleep(context.timing.usb_poll)
    raise Ended(End.USB_SILENT)


def _wanted(manifest: Manifest | None, wanted: tuple[str, int]) -> UsbClip | None:
    clips = manifest.clips if manifest else ()
    return next((clip for clip in clips if (clip.camera_name, int(clip.created_at.timestamp())) == wanted), None)


def _is_of(clip: UsbClip, camera: Camera, module: UsbModule) -> bool:
    return camera.key.network_id == module.network_id and usb_name(camera.name) == usb_name(clip.camera_name)
