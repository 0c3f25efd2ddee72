"""Which recordings Blink keeps of the cameras that a person may see, as a list to choose from."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.blink import BlinkClient, BlinkError, Camera, Inventory, Manifest, MediaEntry, UsbClip, UsbModule
from bot.models import Kind

from . import usb
from .choice import usb_name
from .context import Context, log
from .homes import Home, Reached, among, labels_of
from .reach import Reach

READABLE = frozenset({"active", "memory_full"})
LISTED = "the list of recordings"
_LONGEST = 100
_WHAT = Kind.RECENT.value


@dataclass(frozen=True, slots=True)
class Recording:
    """A recording that can be chosen; `choice` finds it again among those its person may see.

    `label` is its camera's, and `time_zone` where that is, as Blink calls it.
    """

    choice: str
    camera: Camera
    created_at: datetime
    on_usb: bool = False
    label: str = ""
    time_zone: str = ""


@dataclass(frozen=True, slots=True)
class Listing:
    """Recordings, newest first, and the networks whose USB drive could not be read for it.

    `cameras` are those that were meant, which is none where nothing is called so, and `known` the labels of all.
    `later` are owners whose Blink was not asked because this person has it asked too often, and until when.
    """

    recordings: tuple[Recording, ...]
    unread: tuple[str, ...] = ()
    cameras: tuple[str, ...] = ()
    known: tuple[str, ...] = ()
    later: tuple[tuple[str, datetime], ...] = ()


async def recordings(
    context: Context, user_id: int, *, permits: Collection[str], camera: str | None, since: datetime
) -> Listing | None:
    """List what Blink keeps, since a moment, of the cameras that a person may see, or of those called `camera`.

    None where nothing is linked and nobody lets them see any. Raises BlinkError only for the cloud's list.
    """
    lent = await context.permits.still(permits, _WHAT)
    reach = Reach(context, user_id, lent).around(camera or "")
    homes = await reach.homes(max_age=context.timing.inventory_age)
    if not homes and not lent:
        return None
    reached = [one for home in homes for one in home.reached()]
    meant, labels = among(homes, camera) if camera else reached, labels_of(reached)
    listings = [
        await _of_home(
            context, user_id, home, [one for one in meant if one.household is home.household], labels, since=since
        )
        for home in homes
    ]
    return Listing(
        tuple(sorted((one for each in listings for one in each.recordings), key=_created_at, reverse=True)),
        tuple(name for each in listings for name in each.unread),
        tuple(labels[one.choice] for one in meant),
        tuple(labels.values()),
        tuple(one for each in listings for one in each.later),
    )


async def _of_home(
    context: Context,
    user_id: int,
    home: Home,
    meant: Collection[Reached],
    labels: Mapping[str, str],
    *,
    since: datetime,
) -> Listing:
    """List what there is of some cameras; of somebody else's Blink nothing else is told, nor is its trouble."""
    if not meant:
        return Listing(())
    try:
        entries = await _in_cloud(context, user_id, home, since=since)
        if isinstance(entries, datetime):
            return Listing((), later=((home.permits[0].owner_name, entries),))
        networks = {one.camera.key.network_id for one in meant}
        listing = await _listing(context, home, networks, entries, since=since)
    except BlinkError as error:
        if home.own:
            raise
        log.info("the recordings that somebody lends: %s", error)
        return Listing(())
    by_key = {one.camera.key: one for one in meant}
    shown = [
        replace(
            one,
            choice=lender.choice(one.choice) if (lender := by_key[one.camera.key].lender) else one.choice,
            label=labels[by_key[one.camera.key].choice],
            time_zone=home.inventory.time_zones.get(one.camera.key.network_id, ""),
        )
        for one in listing.recordings
        if one.camera.key in by_key
    ]
    for permit in {one.permit.id: one.permit for one in meant if one.permit and shown}.values():
        await context.permits.used(permit.id, user_id, what=_WHAT, label=LISTED)
    return Listing(tuple(one for one in shown if len(one.choice) <= _LONGEST), listing.unread if home.own else ())


async def _in_cloud(context: Context, user_id: int, home: Home, *, since: datetime) -> list[MediaEntry] | datetime:
    """Return what Blink lists in its cloud, or when this person may have somebody else's Blink asked again."""
    if home.owner_id is None:
        return await home.household.client.media_since(since)
    return await context.looks.recordings(user_id, home.owner_id, home.household, since=since)


async def _listing(
    context: Context, home: Home, networks: Collection[int], entries: Collection[MediaEntry], *, since: datetime
) -> Listing:
    """List what there is in the cloud, and on the USB drives of some networks."""
    household, inventory = home.household, home.inventory
    cameras = {(camera.key.network_id, camera.key.camera_id): camera for camera in inventory.cameras}
    found = [
        Recording(f"cloud.{entry.media_id}.{int(entry.created_at.timestamp())}", camera, entry.created_at)
        for entry in entries
        if entry.created_at >= since and (camera := cameras.get((entry.network_id, entry.camera_id)))
    ]
    known = {(one.camera.key, one.created_at) for one in found}  # both places can hold the same recording
    unread: list[str] = []
    for module in inventory.usb.values():
        if module.network_id not in networks or module.state == "none" or module.module_id is None:
            continue
        manifest = await _listed_now(context, household.client, module)
        if manifest is None:
            unread.append(inventory.networks.get(module.network_id, ""))
            manifest = context.drives.of(household.client.account_id, module.network_id).recent(context.now())
        on_drive = _on_drive(manifest.clips if manifest else (), module, inventory, since=since)
        found += [one for one in on_drive if (one.camera.key, one.created_at) not in known]
    once = {one.choice: one for one in found}  # a drive's clips of one second cannot be told apart
    return Listing(tuple(once.values()), tuple(unread))


def _created_at(recording: Recording) -> datetime:
    return recording.created_at


async def _listed_now(context: Context, client: BlinkClient, module: UsbModule) -> Manifest | None:
    """Return what is on a drive, or None where it cannot be read now."""
    if module.state not in READABLE:
        return None
    drive = context.drives.of(client.account_id, module.network_id)
    recently = context.now() - timedelta(seconds=context.timing.usb_every)
    try:
        return await usb.listed(context, client, module, drive, newer_than=recently)
    except BlinkError as error:
        log.info("the USB drive of network %d: %s", module.network_id, error)
        return None


def _on_drive(
    clips: Iterable[UsbClip], module: UsbModule, inventory: Inventory, *, since: datetime
) -> Iterator[Recording]:
    """Yield the recordings of a drive that are of one camera for certain."""
    named: defaultdict[str, list[Camera]] = defaultdict(list)
    for camera in inventory.cameras:
        if camera.key.network_id == module.network_id:
            named[usb_name(camera.name)].append(camera)
    for clip in clips:
        if clip.created_at < since or len(cameras := named[usb_name(clip.camera_name)]) != 1:
            continue
        choice = f"usb.{module.network_id}.{int(clip.created_at.timestamp())}.{clip.camera_name}"
        if len(choice) <= _LONGEST:
            yield Recording(choice, cameras[0], clip.created_at, on_usb=True)
