"""Find a recording on the USB drive of a Sync Module, by its camera's name and its time."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace

from bot.accounts import Session
from bot.blink import BlinkError, SignedOut, UsbClip
from bot.models import Job, Stage

from .matching import alone_on_usb, began_late, own_usb_clips
from .step_context import Context, log, target_of


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

        Returns None if it is not found yet. Raises SignedOut.
        """
        if self._task and self._task.done():
            self._task.result()
        for found in self._found:
            if await self._context.store.claim_media(self._job, found):
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
        waited = (context.now() - self._job.progress.recorded_at).total_seconds()
        await asyncio.sleep(max(0.0, timing.usb_after - waited))
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
        return tuple(at(job, clip, client.usb.place(module, manifest, clip)) for clip in clips)


def at(job: Job, clip: UsbClip, place: str) -> Job:
    """Return the job at FETCHING; the clip's name and time find it again when its number has changed."""
    result = replace(job.result, usb_name=clip.camera_name, usb_at=clip.created_at, media_path=place)
    return job.moved(Stage.FETCHING, result=result)
