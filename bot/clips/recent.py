"""A recording that Blink keeps already: how a choice is spelt, which there are, and finding the one that was chosen."""

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.blink import BlinkClient, BlinkError, Camera, Inventory, Manifest, MediaEntry, UsbClip, UsbModule

from . import usb
from .admission import target_for
from .choice import usb_name
from .context import Context, log
from .ends import Ended
from .model import End, Job, Kind, Stage
from .ports import Household

_CHOICE = re.compile(
    r"cloud\.(?P<media>\d{1,18})\.(?P<at>\d{1,11})|usb\.(?P<network>\d{1,18})\.(?P<on>\d{1,11})\.(?P<name>.+)"
)
_READABLE = frozenset({"active", "memory_full"})
_LONGEST = 100
_MOST_LIVE = 3


@dataclass(frozen=True, slots=True)
class Recording:
    """A recording that can be chosen; `choice` finds it again among its owner's own."""

    choice: str
    camera: Camera
    created_at: datetime
    on_usb: bool = False


@dataclass(frozen=True, slots=True)
class Listing:
    """Recordings, newest first, and the networks whose USB drive could not be read for it."""

    recordings: tuple[Recording, ...]
    unread: tuple[str, ...] = ()


def media_id_of(choice: str) -> int | None:
    """Return the id of the cloud recording that a choice stands for, or None where it stands for something else."""
    match = _CHOICE.fullmatch(choice)
    return int(match["media"]) if match and match["media"] else None


async def recordings(context: Context, household: Household, *, since: datetime) -> Listing:
    """List what Blink keeps of an account since a moment; raises BlinkError only for the cloud's list."""
    inventory = await household.inventory(max_age=context.timing.inventory_age)
    cameras = {(camera.key.network_id, camera.key.camera_id): camera for camera in inventory.cameras}
    found = [
        Recording(f"cloud.{entry.media_id}.{int(entry.created_at.timestamp())}", camera, entry.created_at)
        for entry in await household.client.media_since(since)
        if entry.created_at >= since and (camera := cameras.get((entry.network_id, entry.camera_id)))
    ]
    known = {(one.camera.key, one.created_at) for one in found}  # both places can hold the same recording
    unread: list[str] = []
    for module in inventory.usb.values():
        try:
            on_drive = await _on_drive(context, household.client, module, inventory)
        except BlinkError as error:
            log.info("the USB drive of network %d: %s", module.network_id, error)
            on_drive = None
        if on_drive is None:
            unread.append(inventory.networks.get(module.network_id, ""))
            continue
        found += [one for one in on_drive if one.created_at >= since and (one.camera.key, one.created_at) not in known]
    once = {one.choice: one for one in found}  # a drive's clips of one second cannot be told apart
    newest_first = sorted(once.values(), key=lambda one: one.created_at, reverse=True)
    return Listing(tuple(newest_first), tuple(unread))


async def _on_drive(
    context: Context, client: BlinkClient, module: UsbModule, inventory: Inventory
) -> Sequence[Recording] | None:
    """Return what is on a drive, or None where it cannot be read now."""
    if module.state == "none" or module.module_id is None:
        return ()
    if module.state not in _READABLE:
        return None
    drive = context.drives.of(client.account_id, module.network_id)
    recently = context.now() - timedelta(seconds=context.timing.usb_every)
    manifest = await usb.listed(context, client, module, drive, newer_than=recently) or drive.manifest
    if manifest is None:
        return None
    found: list[Recording] = []
    for clip in manifest.clips:
        named = [camera for camera in inventory.cameras if _is_of(clip, camera, module)]
        choice = f"usb.{module.network_id}.{int(clip.created_at.timestamp())}.{clip.camera_name}"
        if len(named) == 1 and len(choice) <= _LONGEST:
            found.append(Recording(choice, named[0], clip.created_at, on_usb=True))
    return found


async def find(context: Context, job: Job) -> Job:
    """Find the recording that was chosen among the person's own."""
    context.still_wanted(job)
    match = _CHOICE.fullmatch(job.asked)
    if match is None:
        raise Ended(End.GONE)
    if await _before(context, job) >= _MOST_LIVE:
        raise Ended(End.TOO_MANY)
    household = await context.household(job)
    inventory = await household.inventory(max_age=context.timing.inventory_age)
    if match["media"]:
        found = await _in_cloud(household.client, job, inventory, int(match["media"]), _moment(match["at"]))
    else:
        module = inventory.usb.get(int(match["network"]))
        wanted = match["name"], int(match["on"])
        found = await _on_usb(context, household.client, job, inventory, module, wanted) if module else None
    if found is None:
        raise Ended(End.GONE)
    return await context.save(job, found)


async def _before(context: Context, job: Job) -> int:
    """Return how many recordings this person has chosen before that are still on their way."""
    theirs = [one for one in await context.store.live() if (one.user_id, one.kind) == (job.user_id, Kind.RECENT)]
    return sum((one.created_at, one.id) < (job.created_at, job.id) for one in theirs)


async def _in_cloud(client: BlinkClient, job: Job, inventory: Inventory, media_id: int, at: datetime) -> Job | None:
    for entry in await client.media_since(at):
        camera = _camera(inventory, entry)
        if entry.media_id == media_id and camera:
            target = target_for(client.account_id, camera, inventory)
            return job.moved(Stage.FETCHING, target=target, media_path=entry.path, asked_at=entry.created_at)
    return None


async def _on_usb(
    context: Context, client: BlinkClient, job: Job, inventory: Inventory, module: UsbModule, wanted: tuple[str, int]
) -> Job | None:
    """Find a clip by its name and second: in the list it was chosen from, else in a new one."""
    if module.state not in _READABLE or module.module_id is None:
        raise Ended(End.USB_SILENT)
    manifest = context.drives.of(client.account_id, module.network_id).manifest
    clip = _wanted(manifest, wanted)
    if manifest is None or clip is None:
        manifest = await _listed_anew(context, client, module)
        clip = _wanted(manifest, wanted)
    named = [camera for camera in inventory.cameras if clip and _is_of(clip, camera, module)]
    if clip is None or len(named) != 1:
        return None
    target = target_for(client.account_id, named[0], inventory)
    return usb.at(job.changed(target=target, asked_at=clip.created_at), clip, client.usb.place(module, manifest, clip))


async def _listed_anew(context: Context, client: BlinkClient, module: UsbModule) -> Manifest:
    """Return a new list of a drive's clips; raises Ended where its Sync Module gives none for too long."""
    loop, asked_at = asyncio.get_running_loop(), context.now()
    drive, until = context.drives.of(client.account_id, module.network_id), loop.time() + context.timing.usb_deadline
    while loop.time() < until:
        manifest = await usb.listed(context, client, module, drive, newer_than=asked_at)
        if manifest:
            return manifest
        await asyncio.sleep(context.timing.usb_poll)
    raise Ended(End.USB_SILENT)


def _wanted(manifest: Manifest | None, wanted: tuple[str, int]) -> UsbClip | None:
    clips = manifest.clips if manifest else ()
    return next((clip for clip in clips if (clip.camera_name, int(clip.created_at.timestamp())) == wanted), None)


def _camera(inventory: Inventory, entry: MediaEntry) -> Camera | None:
    wanted = (entry.network_id, entry.camera_id)
    return next((one for one in inventory.cameras if (one.key.network_id, one.key.camera_id) == wanted), None)


def _is_of(clip: UsbClip, camera: Camera, module: UsbModule) -> bool:
    return camera.key.network_id == module.network_id and usb_name(camera.name) == usb_name(clip.camera_name)


def _moment(seconds: str) -> datetime:
    return datetime.fromtimestamp(int(seconds), UTC)
