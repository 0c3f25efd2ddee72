"""Lists the recordings that Blink keeps of the cameras that a person may see: in its cloud and on USB drives."""

import asyncio
import logging
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from weakref import WeakValueDictionary

from bot.blink import (
    BlinkClient,
    BlinkError,
    Busy,
    Camera,
    Inventory,
    Manifest,
    MediaEntry,
    Refused,
    SignedOut,
    UsbClip,
    UsbModule,
)
from bot.caching import BoundedCache
from bot.models import Kind

from .finder import AccessibleAccount, AccessibleCamera, CameraFinder, among, labels_of, resembling
from .polling import CameraTiming

_log = logging.getLogger("bot.cameras")

READABLE = frozenset({"active", "memory_full"})
LISTED = "the list of recordings"
_LONGEST = 100
_WHAT = Kind.RECENT.value
_YOUNG = timedelta(minutes=10)
_MOST_DRIVES = 500


@dataclass(frozen=True, slots=True)
class Recording:
    """A recording that can be chosen; `choice` finds it again among those its person may see.

    `label` is the label of its camera, and `time_zone` the zone of its camera, as Blink calls it.
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

    `cameras` are the labels of the cameras that were meant, none if nothing is called so, and `known` those of all.
    `later` are the owners whose Blink was not asked because this person asks it too often, and until when; `silent`
    are those whose Blink could not be read.
    """

    recordings: tuple[Recording, ...]
    unread: tuple[str, ...] = ()
    cameras: tuple[str, ...] = ()
    known: tuple[str, ...] = ()
    later: tuple[tuple[str, datetime], ...] = ()
    silent: tuple[str, ...] = ()


@dataclass
class Drive:
    """The drive of one module, as this process knows it: its latest list, and when it may be asked for another."""

    turn: asyncio.Lock = field(default_factory=asyncio.Lock)  # a Sync Module does one thing at a time
    manifest: Manifest | None = None
    listed_at: datetime | None = None
    not_before: float = 0.0
    refusals: int = 0  # how often in a row it was busy


class UsbDrives:
    """The USB drives of all accounts, by (Blink account, system); those used last are remembered.

    The drives themselves are the truth; this process only remembers their latest lists. They are listed seldom, since a
    list occupies the Sync Module.
    """

    def __init__(self, timing: CameraTiming, *, now: Callable[[], datetime]) -> None:
        self._timing = timing
        self._now = now
        self._kept = BoundedCache[tuple[int, int], Drive](_MOST_DRIVES)
        self._in_use = WeakValueDictionary[tuple[int, int], Drive]()  # its holders must share its turn

    def of(self, account_id: int, network_id: int) -> Drive:
        """Return the drive of one system."""
        place = account_id, network_id
        drive = self._in_use[place] = self._in_use.get(place) or Drive()
        self._kept.put(place, drive)
        return drive

    def recent(self, account_id: int, network_id: int) -> Manifest | None:
        """Return the latest list of a drive if it is young enough for its numbers to be worth a try."""
        drive = self.of(account_id, network_id)
        return drive.manifest if drive.listed_at and self._now() - drive.listed_at < _YOUNG else None

    async def listed(self, client: BlinkClient, module: UsbModule, *, newer_than: datetime) -> Manifest | None:
        """Return a list of the module's clips made after a moment.

        Returns None if it may not be asked for one now, or if the list is lost or does not come in time. Raises
        BlinkError.
        """
        loop, timing, drive = asyncio.get_running_loop(), self._timing, self.of(client.account_id, module.network_id)
        async with drive.turn:
            if loop.time() < drive.not_before:
                return drive.manifest if drive.listed_at and drive.listed_at > newer_than else None
            asked_at = self._now()
            drive.not_before = loop.time() + timing.usb_every  # counted even if the answer to the request gets lost
            request = await client.usb.request_manifest(module)
            if isinstance(request, Busy):
                drive.refusals += 1
                drive.not_before = loop.time() + timing.busy_gap(drive.refusals)
                return None
            drive.refusals = 0
            until = loop.time() + timing.usb_deadline
            while loop.time() < until:
                try:
                    manifest = await client.usb.manifest(module, request.command_id)
                except SignedOut:
                    raise
                except BlinkError as error:  # a poll that fails says nothing about the list, unless it is out of date
                    _log.info("the list of USB clips: %s", error)
                    if isinstance(error, Refused) and error.stale:
                        return None
                    manifest = None
                if manifest:
                    drive.manifest, drive.listed_at = manifest, asked_at
                    return manifest
                await asyncio.sleep(timing.usb_poll)
            return None


class Recordings:
    """List what Blink keeps already of the cameras that a person may see."""

    def __init__(self, finder: CameraFinder, drives: UsbDrives) -> None:
        self._finder = finder
        self._shares = finder.shares
        self._drives = drives

    async def listed(
        self, user_id: int, *, share_ids: Collection[str], camera: str | None, since: datetime
    ) -> Listing | None:
        """List what Blink keeps since a moment, of all cameras that a person may see or of those called `camera`.

        Returns None if nothing is linked and nobody shares any. Raises BlinkError only for the cloud's list.
        """
        shares = await self._shares.still(share_ids, _WHAT)
        reach = self._finder.reach(user_id, shares).around(camera or "")
        accounts = await reach.accounts(max_age=self._finder.timing.inventory_age)
        if not accounts and not shares:
            return None
        every = [one for account in accounts for one in account.cameras()]
        meant = (among(accounts, camera) or resembling(accounts, camera)) if camera else every
        labels = labels_of(every)
        listings = [
            await self._of_account(
                user_id, account, [one for one in meant if one.session is account.session], labels, since=since
            )
            for account in accounts
        ]
        found = [one for each in listings for one in each.recordings]
        return Listing(
            tuple(sorted(found, key=lambda one: one.created_at, reverse=True)),
            tuple(name for each in listings for name in each.unread),
            tuple(labels[one.choice] for one in meant),
            tuple(labels.values()),
            tuple(one for each in listings for one in each.later),
            (*(one.share.owner_name for one in reach.out_of_reach), *(one for each in listings for one in each.silent)),
        )

    async def _of_account(
        self,
        user_id: int,
        account: AccessibleAccount,
        meant: Collection[AccessibleCamera],
        labels: Mapping[str, str],
        *,
        since: datetime,
    ) -> Listing:
        """List the recordings of some cameras; unread drives of somebody else's Blink, and its errors, stay hidden."""
        if not meant:
            return Listing(())
        try:
            entries = await self._in_cloud(user_id, account, since=since)
            if isinstance(entries, datetime):
                return Listing((), later=((account.shares[0].owner_name, entries),))
            networks = {one.camera.key.network_id for one in meant}
            listing = await self._everywhere(account, networks, entries, since=since)
        except BlinkError as error:
            if account.own:
                raise
            _log.info("the recordings that somebody shares: %s", error)
            return Listing((), silent=(account.shares[0].owner_name,))
        by_key = {one.camera.key: one for one in meant}
        shown = [
            replace(
                one,
                choice=owner.choice(one.choice) if (owner := by_key[one.camera.key].owner) else one.choice,
                label=labels[by_key[one.camera.key].choice],
                time_zone=account.inventory.time_zones.get(one.camera.key.network_id, ""),
            )
            for one in listing.recordings
            if one.camera.key in by_key
        ]
        for share in {one.share.id: one.share for one in meant if one.share and shown}.values():
            await self._shares.used(share.id, user_id, what=_WHAT, label=LISTED)
        return Listing(
            tuple(one for one in shown if len(one.choice) <= _LONGEST), listing.unread if account.own else ()
        )

    async def _in_cloud(
        self, user_id: int, account: AccessibleAccount, *, since: datetime
    ) -> list[MediaEntry] | datetime:
        """Return the recordings in Blink's cloud, or the moment when this guest may ask for them again."""
        if account.owner_id is None:
            return await account.session.client.media_since(since)
        return await self._finder.reads.recordings(user_id, account.owner_id, account.session, since=since)

    async def _everywhere(
        self, account: AccessibleAccount, networks: Collection[int], entries: Collection[MediaEntry], *, since: datetime
    ) -> Listing:
        """List the recordings in the cloud, and those on the USB drives of some systems."""
        session, inventory = account.session, account.inventory
        cameras = {camera.key.ids: camera for camera in inventory.cameras}
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
            manifest = await self._on_drive_now(session.client, module)
            if manifest is None:
                unread.append(inventory.networks.get(module.network_id, ""))
                manifest = self._drives.recent(session.client.account_id, module.network_id)
            on_drive = _on_drive(manifest.clips if manifest else (), module, inventory, since=since)
            found += [one for one in on_drive if (one.camera.key, one.created_at) not in known]
        once = {one.choice: one for one in found}  # a drive's clips of one second cannot be told apart
        return Listing(tuple(once.values()), tuple(unread))

    async def _on_drive_now(self, client: BlinkClient, module: UsbModule) -> Manifest | None:
        """Return the list of a drive, None if it cannot be read now."""
        if module.state not in READABLE:
            return None
        recently = self._finder.now() - timedelta(seconds=self._finder.timing.usb_every)
        try:
            return await self._drives.listed(client, module, newer_than=recently)
        except BlinkError as error:
            _log.info("the USB drive of network %d: %s", module.network_id, error)
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


def usb_name(name: str) -> str:
    """Return a camera's name as USB drives spell it: letters and digits only (blinkpy), and on some in lower case."""
    whole = unicodedata.normalize("NFKC", name).casefold()
    return "".join(letter for letter in whole if letter.isalnum()) or whole
