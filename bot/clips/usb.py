"""Recordings on the USB drive of a Sync Module: listed by the module, found by name and time, uploaded on request."""

import asyncio
from datetime import datetime

from bot.blink import (
    BlinkClient,
    BlinkError,
    Busy,
    CommandState,
    Manifest,
    Refused,
    SignedOut,
    Started,
    UsbClip,
    UsbModule,
    number_of,
)

from .choice import alone_on_usb, own_usb_clips
from .context import Context, log, target_of
from .drives import Drive
from .model import Job, Stage
from .ports import Household

_TOLERANCE = 2048  # a size in whole KiB, rounded one way or the other
_NOT_FOUND = 404
_UPLOADS = 4


class Search:
    """Looks for one job's recording on its network's drive."""

    def __init__(self, context: Context, household: Household, job: Job) -> None:
        self._context = context
        self._household = household
        self._job = job
        self.readable = target_of(job).usb == "active"
        self.listed = False
        self.ambiguous = False

    async def look(self) -> Job | None:
        """Return the job with its recording claimed, or None; a list is asked for only when the module may be."""
        context, job = self._context, self._job
        assert job.recorded_at is not None
        waited = (context.now() - job.recorded_at).total_seconds()
        if not self.readable or waited < context.timing.usb_after:
            return None
        inventory = await self._household.inventory(max_age=context.timing.inventory_age)
        target = target_of(job)
        module = inventory.usb.get(target.key.network_id)
        camera = next((camera for camera in inventory.cameras if camera.key == target.key), None)
        if module is None or module.module_id is None or camera is None:
            return None
        client, drive = self._household.client, _drive(context, job)
        manifest = await listed(context, client, module, drive, newer_than=job.recorded_at)
        if manifest is None:
            return None
        self.listed = True
        clips = own_usb_clips(job, manifest.clips, blink_now=client.blink_now())
        self.ambiguous = bool(clips) and not alone_on_usb(camera, inventory.cameras)
        if self.ambiguous:
            return None
        for clip in clips:
            found = at(job, clip, client.usb.place(module, manifest, clip))
            if await context.store.claim_media(job, found):
                return context.written(job, found)
        return None


def at(job: Job, clip: UsbClip, place: str) -> Job:
    """Return the job fetching a clip, of which name and time outlive its number."""
    return job.moved(Stage.FETCHING, usb_name=clip.camera_name, usb_at=clip.created_at, media_path=place)


async def listed(
    context: Context, client: BlinkClient, module: UsbModule, drive: Drive, *, newer_than: datetime
) -> Manifest | None:
    """Return a list of the module's clips made after a moment, or None where it may not be asked for one now."""
    loop = asyncio.get_running_loop()
    async with drive.turn:
        if drive.manifest and drive.listed_at and drive.listed_at > newer_than:
            newer = drive.manifest
            if loop.time() < drive.not_before:
                return newer
        elif loop.time() < drive.not_before:
            return None
        asked_at = context.now()
        request = await client.usb.request_manifest(module)
        if isinstance(request, Busy):
            return None
        drive.not_before = loop.time() + context.timing.usb_every
        until = loop.time() + context.timing.usb_deadline
        while loop.time() < until:
            try:
                manifest = await client.usb.manifest(module, request.command_id)
            except SignedOut:
                raise
            except BlinkError as error:  # a poll that fails says nothing about the list
                log.info("the list of USB clips: %s", error)
                manifest = None
            if manifest:
                drive.manifest, drive.listed_at = manifest, asked_at
                return manifest
            await asyncio.sleep(context.timing.usb_poll)
        return None


class Upload:
    """Gets one clip from a drive to where it can be downloaded, whatever number it has by then."""

    def __init__(self, context: Context, household: Household, job: Job) -> None:
        self._context = context
        self._household = household
        self._job = job
        self._client = household.client
        self._drive = _drive(context, job)
        self._size: float | None = None
        self._trusted = not job.resumed  # after a restart the list by which the place was made may be an old one
        self.place = job.media_path or ""

    async def prepare(self) -> bool:
        """Have the module upload the clip, and say whether `place` holds it now."""
        for _ in range(_UPLOADS):
            if not self._trusted and not await self._found_again():
                return False
            try:
                if await self._uploaded():
                    return True
            except Refused as refused:
                if not refused.stale and refused.status != _NOT_FOUND:
                    raise
                log.info("the list of USB clips is out of date")
                self._trusted = False
        return False

    async def is_right(self, size: int) -> bool:
        """Say whether a download of this size can be the clip; where not, `place` is where it is to be had instead.

        A module that restarted meanwhile gives another clip under the old number; where a new list has it under the
        same number, it is the list's size that is not to be believed.
        """
        wanted = self._size if self._size is not None else self._listed_size()
        if wanted is None or abs(size - wanted * 1024) <= _TOLERANCE or size == wanted:
            return True
        number = number_of(self.place)
        self._trusted = False
        return await self._found_again() and number_of(self.place) == number

    async def _uploaded(self) -> bool:
        timing = self._context.timing
        async with self._drive.turn:
            request = await self._client.usb.request_clip(self.place)
            for gap in timing.busy_gaps:
                if not isinstance(request, Busy):
                    break
                await asyncio.sleep(gap)
                request = await self._client.usb.request_clip(self.place)
            if isinstance(request, Busy):
                return False
            return not (await self._followed(request)).failed

    async def _followed(self, command: Started) -> CommandState:
        loop, timing = asyncio.get_running_loop(), self._context.timing
        until, network = loop.time() + timing.usb_deadline, target_of(self._job).key.network_id
        state = command.state
        while not state.complete and loop.time() < until:
            await asyncio.sleep(timing.poll)
            try:
                state = await self._client.command(network, command.command_id)
            except SignedOut:
                raise
            except BlinkError as error:  # the download will tell
                log.info("poll failed: %s", error)
        return state

    async def _found_again(self) -> bool:
        """Find the clip in a new list by its name and time; False where it is no longer there."""
        loop, network = asyncio.get_running_loop(), target_of(self._job).key.network_id
        until, asked_at = loop.time() + self._context.timing.usb_deadline, self._context.now()
        module = (await self._household.inventory(max_age=self._context.timing.inventory_age)).usb.get(network)
        while module and module.module_id is not None and loop.time() < until:
            manifest = await listed(self._context, self._client, module, self._drive, newer_than=asked_at)
            if manifest is None:
                await asyncio.sleep(self._context.timing.usb_poll)
                continue
            for clip in manifest.clips:
                if (clip.camera_name, clip.created_at) == (self._job.usb_name, self._job.usb_at):
                    self.place, self._size = self._client.usb.place(module, manifest, clip), clip.kib
                    self._trusted = True
                    return True
            return False
        return False

    def _listed_size(self) -> float | None:
        clips = self._drive.manifest.clips if self._drive.manifest else ()
        wanted = (self._job.usb_name, self._job.usb_at)
        return next((clip.kib for clip in clips if (clip.camera_name, clip.created_at) == wanted), None)


def _drive(context: Context, job: Job) -> Drive:
    target = target_of(job)
    return context.drives.of(target.account_id, target.key.network_id)
