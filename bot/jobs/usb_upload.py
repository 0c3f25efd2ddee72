"""Have a Sync Module upload a clip from its USB drive; after a restart it gives its clips other numbers."""

import asyncio

from bot.accounts import Session
from bot.blink import BlinkError, Busy, CommandState, RateLimited, Refused, SignedOut, Started, number_of
from bot.cameras import Polling
from bot.models import Job

from .step_context import Context, log, target_of
from .timing import endless

_TOLERANCE = 1024  # bytes: the list rounds a size to whole KiB
_NOT_FOUND = 404


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
        # After a restart, the list from which `place` was made may be out of date.
        self._trusted = not job.resumed and (
            context.drives.recent(target.account_id, target.key.network_id) is not None
        )
        self._until = asyncio.get_running_loop().time() + context.timing.look_for
        self.place = job.result.media_path or ""

    async def prepare(self) -> bool:
        """Have the module upload the clip to `place`.

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
        """Return whether a download of this size can be the clip; if not, set `place` to where the clip is now.

        A module that has restarted gives another clip under the old number. If a new list has the clip under the same
        number, the size in the list is wrong.
        """
        wanted = self._size if self._size is not None else self._listed_size()
        if wanted is None or abs(size - wanted * 1024) <= _TOLERANCE or size == wanted:
            return True
        number = number_of(self.place)
        self.outdated()
        return await self._found_again() and number_of(self.place) == number

    async def _uploaded(self) -> bool:
        async with self._drive.turn:
            request = await self._client.usb.request_clip(self.place)
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
            for clip in manifest.clips:
                if (clip.camera_name, clip.created_at) == (self._job.result.usb_name, self._job.result.usb_at):
                    self.place, self._size = self._client.usb.place(module, manifest, clip), clip.kib
                    self._trusted = True
                    return True
            return False
        return False

    def _listed_size(self) -> float | None:
        clips = self._drive.manifest.clips if self._drive.manifest else ()
        wanted = (self._job.result.usb_name, self._job.result.usb_at)
        return next((clip.kib for clip in clips if (clip.camera_name, clip.created_at) == wanted), None)
