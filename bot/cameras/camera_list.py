"""The cameras that a person sees, in order, with their latest pictures."""

import asyncio
import logging
import shutil
import uuid
from collections.abc import AsyncGenerator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import chain
from pathlib import Path

from bot.accounts import Session
from bot.blink import BlinkClient, BlinkError, Camera
from bot.models import Kind, Owner, Right, Share, is_low
from bot.video_folder import remove

from .finder import AccessibleAccount, AccessibleCamera, CameraFinder, labels_of

_log = logging.getLogger("bot.cameras")

_LARGEST = 4 * 2**20  # four of them fit into one request to Discord, which takes 25 MiB
_SLACK = timedelta(seconds=5)  # Blink's clock is known in whole seconds, and a picture's moment may be rounded up


@dataclass(frozen=True, slots=True)
class Thumbnail:
    """A picture on disk; `taken_at` is None if Blink does not say, or names a moment to come."""

    file: Path
    taken_at: datetime | None


@dataclass(frozen=True, slots=True)
class Shown:
    """A camera that somebody sees; `choice` asks for it, `session` opens the Blink that it belongs to.

    `label` tells it from the others that they see. `drive` is the state of its network's USB drive, in Blink's word;
    `kinds` are the jobs that it may be asked for, and `owner` is its owner, if it is not their own. `again_at` is when
    they may look again, if they have looked too often. `live`: its live view is recorded, since no video of it is kept.
    """

    camera: Camera
    choice: str
    label: str
    session: Session
    drive: str = "none"
    kinds: frozenset[Kind] = frozenset(Kind)
    owner: Owner | None = None
    again_at: datetime | None = None
    live: bool = False

    @property
    def low(self) -> bool:
        """Whether its battery is low."""
        return is_low(self.camera.battery)


@dataclass(frozen=True, slots=True)
class Overview:
    """The cameras that somebody sees, and how many devices of their own this version does not know.

    `silent` are the owners whose cameras could not be seen.
    """

    cameras: tuple[Shown, ...]
    unknown: int = 0
    silent: tuple[str, ...] = ()


class Cameras:
    """Show the cameras that a person can use, with their latest pictures in `folder`.

    `live`: the live view of a camera is recorded if no video of it is kept.
    """

    def __init__(self, finder: CameraFinder, folder: Path, *, live: bool) -> None:
        self._live = live
        self.finder = finder
        self._folder = folder
        self._timing = finder.timing
        self._shared = SharedThumbnails(folder, kept=finder.timing.shared_age)

    async def shown_to(
        self, user_id: int, *, max_age: float, shares: Mapping[str, Collection[Share]]
    ) -> Overview | None:
        """Return the cameras as seen at most `max_age` seconds ago: offline ones first, then those with a low battery.

        `shares` are by right: "status" lets others' cameras be seen, a kind of job lets them be asked. Returns None if
        nothing is linked and nobody shares any; raises BlinkError only for their own.
        """
        to_see = shares.get(Right.STATUS, ())
        reach = self.finder.reach(user_id, to_see)
        accounts = await reach.accounts(max_age=max_age)
        if not accounts and not to_see:
            return None
        found = [(account, one) for account in accounts for one in account.cameras()]
        labels = labels_of((one for _, one in found), brief=True)
        shared = shares.get(Right.LIVE, ())
        without = await asyncio.gather(*(self._without_videos(one, shared) for one in accounts)) if self._live else []
        live = frozenset(chain.from_iterable(without))
        shown = [_shown(account, one, labels[one.choice], shares, live) for account, one in found]
        return Overview(
            tuple(sorted(shown, key=lambda one: (one.camera.online, not one.low))),
            sum(account.inventory.unknown for account in accounts if account.own),
            tuple(one.share.owner_name for one in reach.out_of_reach),
        )

    async def first_to_record(self, user_id: int) -> Camera | None:
        """Return the person's own camera to try first: online, and preferably one whose videos Blink keeps.

        Returns None if none can give a video now; raises BlinkError.
        """
        session = await self.finder.sessions.session(user_id)
        if session is None:
            return None
        inventory = await self.finder.inventory(session)
        online = [camera for camera in inventory.cameras if camera.online]
        without = await self.finder.retention.without_videos(session.client, [camera.key for camera in online])
        kept = [camera for camera in online if camera.key not in without]
        return next(iter(kept or (online if self._live else ())), None)

    async def _without_videos(self, account: AccessibleAccount, shares: Collection[Share]) -> list[str]:
        """Return the choices of the cameras whose live view may be recorded, and of which Blink keeps no videos."""
        reached = [] if account.again_at else [one for one in account.cameras() if _may(account, one, shares)]
        if not reached:
            return []
        keys = [one.camera.key for one in reached]
        without = await self.finder.retention.without_videos(account.session.client, keys)
        return [one.choice for one in reached if one.camera.key in without]

    @asynccontextmanager
    async def pictured(self, cameras: Sequence[Shown]) -> AsyncGenerator[Mapping[str, Thumbnail]]:
        """Hold the latest pictures of these cameras, by choice, on disk while the context is open.

        Raises StorageUnavailable, since a bearer may have to be renewed.
        """
        files = {one.choice: self._folder / f"{uuid.uuid4().hex}.thumbnail.jpg" for one in cameras}
        try:
            try:
                async with asyncio.TaskGroup() as group:
                    fetching = {one.choice: group.create_task(self._fetch(one, files[one.choice])) for one in cameras}
            except ExceptionGroup as failures:
                raise failures.exceptions[0] from None  # one says enough, and the caller catches it by its type
            yield {choice: found for choice, task in fetching.items() if (found := task.result())}
        finally:
            remove(files.values())

    async def _fetch(self, shown: Shown, file: Path) -> Thumbnail | None:
        client, camera, seconds = shown.session.client, shown.camera, self._timing.thumbnails_for
        if shown.owner is None:
            return await fetch_picture(client, camera, file, seconds=seconds, again=self._timing.again)
        return await self._shared.fetch(client, camera, file, seconds=None if shown.again_at else seconds)


def _shown(
    account: AccessibleAccount,
    one: AccessibleCamera,
    label: str,
    shares: Mapping[str, Collection[Share]],
    live: Collection[str],
) -> Shown:
    module = one.inventory.usb.get(one.camera.key.network_id)
    kinds = frozenset(kind for kind in Kind if _may(account, one, shares.get(kind, ())))
    drive = module.state if module else "none"
    recorded = one.choice in live and drive != "active"
    return Shown(one.camera, one.choice, label, one.session, drive, kinds, one.owner, account.again_at, recorded)


def _may(account: AccessibleAccount, one: AccessibleCamera, shares: Collection[Share]) -> bool:
    """Return whether a camera is somebody's own, or one of these shares is for it."""
    return account.own or any(share.covers(one.session.client.account_id, one.camera.key) for share in shares)


async def fetch_picture(
    client: BlinkClient, camera: Camera, file: Path, *, seconds: float, again: float = 1.0
) -> Thumbnail | None:
    """Fetch the latest picture of a camera; None if Blink has none, or does not give it in so many seconds."""
    if not camera.picture:
        return None
    try:
        async with asyncio.timeout(seconds):
            await client.download_picture(camera.picture, file, limit=_LARGEST, again=again)
    except (BlinkError, TimeoutError) as error:
        _log.info("the latest picture of %s did not come: %s", camera.key, str(error) or "it took too long")
        return None
    taken = camera.pictured_at
    return Thumbnail(file, taken if taken and taken <= client.blink_now() + _SLACK else None)


class SharedThumbnails:
    """Fetch each picture once in `kept` seconds, however many people look at it."""

    def __init__(self, folder: Path, *, kept: float) -> None:
        self._folder = folder
        self._kept = kept
        self._fetching: dict[tuple[int, str], asyncio.Task[Thumbnail | None]] = {}  # by account, and path at Blink

    async def fetch(
        self, client: BlinkClient, camera: Camera, file: Path, *, seconds: float | None
    ) -> Thumbnail | None:
        """Put the latest picture of a camera into a file; without `seconds` only one that is kept already."""
        if not camera.picture:
            return None
        key = client.account_id, camera.picture
        if key not in self._fetching:
            if seconds is None:
                return None
            kept, loop = self._folder / f"{uuid.uuid4().hex}.kept.jpg", asyncio.get_running_loop()
            task = asyncio.create_task(fetch_picture(client, camera, kept, seconds=seconds), name="shared picture")
            task.add_done_callback(lambda _: loop.call_later(self._kept, self._forget, key, kept))
            self._fetching[key] = task
        found = await asyncio.shield(self._fetching[key])
        if found is None:
            return None
        try:
            await asyncio.to_thread(shutil.copyfile, found.file, file)
        except OSError:  # its time was over in the meantime
            return None
        return replace(found, file=file)

    def _forget(self, key: tuple[int, str], file: Path) -> None:
        self._fetching.pop(key, None)
        file.unlink(missing_ok=True)
