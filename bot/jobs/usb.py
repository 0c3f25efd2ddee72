"""Find a recording on the USB drive of a Sync Module, by its camera's name and its time, and have it uploaded."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace

from bot.accounts import Session
from bot.blink import (
    BlinkError,
    Busy,
    CommandState,
    Manifest,
    RateLimited,
    Refused,
    SignedOut,
    Started,
    UsbClip,
    number_of,
)
from bot.cameras import Polling
from bot.models import Job, Stage

from .matching import alone_on_usb, began_late, own_usb_clips
from .step_context import Context, log, target_of
from .timing import endless

_TOLERANCE = 1024  # bytes: the list rounds a size to whole KiB
_NOT_FOUND = 404


class Search:
    """Look for one job's recording on its network's drive, in a task of its own, since a list takes long."""

    def __init__(self, context: Context, session: Session, job: Job) -> None:
        self._context = context
        self._session = session
        self._job = job
        self._found: tuple[Job, ...] = ()
        self._news = asyncio.Event()
        self._tried = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self.readable = target_of(job).usb == "active"
        self.listed = False
        self.ambiguous = False

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[None]:
        """Search while the context is open."""
        if self.readable:
            self._task = asyncio.create_task(self._run(), name="USB")
            self._task.add_done_callback(lambda _: self._news.set())
        try:
            yield
        finally:
            if self._task:
                self._task.cancel()
                await asyncio.gather(self._task, return_exceptions=True)

    async def claimed(self) -> Job | None:
        """Return the job with its recording claimed.

        Returns None if it is not found yet. Raises what ended the search, such as SignedOut.
        """
        if self._task and self._task.done():
            self._task.result()
        for found in self._found:
            if await self._context.store.save_unless_taken(self._job, found):
                return self._context.written(self._job, found)
        self._found = ()
        self._tried.set()
        return None

    async def wait(self, seconds: float) -> None:
        """Wait until something is found, `seconds` at most."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._news.wait()
        self._news.clear()

    async def _run(self) -> None:
        context, timing = self._context, self._context.timing
        assert self._job.progress.recorded_at is not None
        await asyncio.sleep(max(0.0, context.left(self._job.progress.recorded_at, timing.usb_after)()))
        while True:
            try:
                found = await self._look()
            except SignedOut:
                raise
            except BlinkError as error:
                log.info("look at the USB drive failed: %s", error)
            else:
                if found:
                    self._tried.clear()
                    self._found = found
                    self._news.set()
                    await self._tried.wait()
            await asyncio.sleep(timing.usb_poll)

    async def _look(self) -> tuple[Job, ...]:
        context, job = self._context, self._job
        assert job.progress.recorded_at is not None
        inventory = await self._session.inventory(max_age=context.timing.inventory_age)
        target = target_of(job)
        module = inventory.usb.get(target.key.network_id)
        camera = next((camera for camera in inventory.cameras if camera.key == target.key), None)
        if module is None or module.module_id is None or module.state != "active" or camera is None:
            return ()
        client = self._session.client
        manifest = await context.drives.listed(client, module, newer_than=job.progress.recorded_at)
        if manifest is None:
            return ()
        self.listed = True
        before = await context.store.next_start(job)
        clips = own_usb_clips(job, manifest.clips, blink_now=client.blink_now(), before=before)
        self.ambiguous = bool(clips) and not alone_on_usb(camera, inventory.cameras)
        if self.ambiguous:
            return ()
        if clips and began_late(job, clips[0].created_at) and not context.gave_way(job):
            return ()
        return tuple(at(job, clip, client.usb.path(module, manifest, clip)) for clip in clips)


def at(job: Job, clip: UsbClip, path: str) -> Job:
    """Return the job at FETCHING; the clip's name and time find it again when its number has changed."""
    result = replace(job.result, usb_name=clip.camera_name, usb_at=clip.created_at, media_path=path)
    return job.moved(Stage.FETCHING, result=result)


class Upload:
    """Have one clip uploaded to where it can be downloaded, even if its number changes meanwhile."""

    def __init__(self, context: Context, session: Session, job: Job) -> None:
        self._context = context
        self._session = session
        self._job = job
        self._client = session.client
        target = target_of(job)
        self._drive = context.drives.of(target.account_id, target.key.network_id)
        self._size: float | None = None
        # After a restart, the list from which `path` was made may be out of date.
        self._trusted = not job.resumed and (
            context.drives.recent(target.account_id, target.key.network_id) is not None
        )
        self._until = asyncio.get_running_loop().time() + context.timing.look_for
        self.path = job.result.media_path or ""

    async def prepare(self) -> bool:
        """Have the module upload the clip to `path`.

        Another clip, or a phone, can keep the module busy, so it is asked again for as long as a video is looked for.
        Returns False if that fails, or the clip is gone. Raises RateLimited or SignedOut.
        """
        for pause in endless(self._context.timing.fetch_gaps):
            if not self._trusted and not await self._found_again():
                return False
            try:
                if await self._uploaded():
                    return True
            except (RateLimited, SignedOut):
                raise
            except BlinkError as error:
                log.info("the USB clip is not uploaded: %s", error)
                if isinstance(error, Refused) and (error.stale or error.status == _NOT_FOUND):
                    self.outdated()
            if asyncio.get_running_loop().time() + pause > self._until:
                return False
            await asyncio.sleep(pause)
        return False

    def outdated(self) -> None:
        """Look for the clip in a new list before it is asked for again."""
        self._trusted = False

    async def is_right(self, size: int) -> bool:
        """Return whether a download of this size can be the clip; if not, set `path` to where the clip is now.

        A module that has restarted gives another clip under the old number. If a new list has the clip under the same
        number, the size in the list is wrong.
        """
        listed = self._clip_in(self._drive.manifest)
        wanted = self._size if self._size is not None else listed and listed.kib
        if wanted is None or abs(size - wanted * 1024) <= _TOLERANCE or size == wanted:
            return True
        number = number_of(self.path)
        self.outdated()
        return await self._found_again() and number_of(self.path) == number

    async def _uploaded(self) -> bool:
        async with self._drive.turn:
            request = await self._client.usb.request_clip(self.path)
            if isinstance(request, Busy):
                return False
            state = await self._followed(request)
            return state.complete and not state.failed

    async def _followed(self, command: Started) -> CommandState:
        loop, timing = asyncio.get_running_loop(), self._context.timing
        until, network = loop.time() + timing.command_deadline, target_of(self._job).key.network_id
        state, polling = command.state, Polling(timing.poll, first=timing.poll)
        # A status of its own ends an upload before it is complete (Pischleuder1/ioBroker.blink).
        while not (state.complete or state.status) and await polling.turn(until - loop.time()):
            try:
                with polling.question():
                    state = await self._client.command(network, command.command_id)
            except SignedOut:
                raise
            except BlinkError as error:  # a poll that fails says nothing about the command
                log.info("poll failed: %s", error)
        return state

    async def _found_again(self) -> bool:
        """Find the clip in a new list by its name and time.

        Returns False if it is no longer there.
        """
        loop, network = asyncio.get_running_loop(), target_of(self._job).key.network_id
        until, asked_at = loop.time() + self._context.timing.usb_deadline, self._context.now()
        while loop.time() < until:
            manifest = module = None
            try:
                inventory = await self._session.inventory(max_age=self._context.timing.inventory_age)
                module = inventory.usb.get(network)
                if module and module.module_id is not None:
                    manifest = await self._context.drives.listed(self._client, module, newer_than=asked_at)
            except (RateLimited, SignedOut):
                raise
            except BlinkError as error:
                log.info("no new list of USB clips: %s", error)
            if manifest is None or module is None:
                await asyncio.sleep(self._context.timing.usb_poll)
                continue
            if clip := self._clip_in(manifest):
                self.path, self._size = self._client.usb.path(module, manifest, clip), clip.kib
                self._trusted = True
            return clip is not None
        return False

    def _clip_in(self, manifest: Manifest | None) -> UsbClip | None:
        wanted = (self._job.result.usb_name, self._job.result.usb_at)
        clips = manifest.clips if manifest else ()
        return next((clip for clip in clips if (clip.camera_name, clip.created_at) == wanted), None)
