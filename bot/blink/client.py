"""One account's Blink, as far as the bot needs it."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing
from datetime import datetime
from pathlib import Path

from aiohttp import ClientResponse

from bot.models import CameraKey

from . import routes
from .answers import client_number, command_state, events_in, media_of, started
from .asking import Asker, Bearer, utcnow
from .errors import BadMedia, BlinkError, BusyAnswer, Refused
from .files import is_jpeg, is_whole_jpeg, save
from .inventory import inventory
from .models import Busy, CommandState, Event, Inventory, MediaEntry, NoneEnabled, Started
from .pages import MediaPages
from .refusals import said_in
from .transport import Transport
from .usb import UsbDrives
from .wire import CommandAnswer, EventPage, Homescreen, MediaPage

_DELETED = {711, 200, None}  # the first is verified, the second documented
_NO_LONGER_SUPPORTED = 900
_LARGEST_PICTURE = 8 * 2**20
_NONE_ENABLED = 304  # "No Cameras Enabled for Motion", and yet the network is armed: fronzbot/blinkpy issue 213
# Blink's own app no longer records clips this way, so that the path may go any day.
_CLIP_IS_GONE = "Blink no longer has the path that records a clip (HTML 404), at least for this kind of camera"
_CLIP_LIVES = "Blink refused to record a clip, in JSON: the path that records one is still there"


class BlinkClient:
    """Talks to the region of one account; methods raise BlinkError unless they say otherwise."""

    __slots__ = ("_asker", "_known_pages", "account_id")

    def __init__(
        self,
        transport: Transport,
        bearer: Bearer,
        *,
        tier: str,
        account_id: int,
        now: Callable[[], datetime] = utcnow,
    ) -> None:
        self.account_id = account_id
        self._asker = Asker(transport, bearer, tier=tier, now=now)
        self._known_pages: MediaPages | None = None

    @property
    def usb(self) -> UsbDrives:
        """The USB drives of the account's Sync Modules."""
        return UsbDrives(self._asker, self.account_id)

    @property
    def _pages(self) -> MediaPages:
        if self._known_pages is None:  # most accounts are kept for their cameras' names alone
            self._known_pages = MediaPages()
        return self._known_pages

    def blink_now(self) -> datetime:
        """Return Blink's clock as its last answer showed it, in whole seconds."""
        return self._asker.blink_now()

    async def inventory(self) -> Inventory:
        """List the account's cameras and storage."""
        answer = await self._asker.ask("the list of cameras", "GET", routes.homescreen(self.account_id))
        return inventory(answer.read(Homescreen), self.account_id)

    async def client_number(self) -> str:
        """Return the number by which Blink knows this client."""
        answer = await self._asker.ask("the list of cameras", "GET", routes.homescreen(self.account_id))
        return client_number(answer)

    async def record_clip(self, camera: CameraKey) -> Started | Busy:
        """Ask for a clip, once; a 401 is followed by one repeat, since a refused request records nothing."""
        try:
            return await self._start("the recording", routes.clip(self.account_id, camera))
        except Refused as refused:
            self._asker.say_daily(_CLIP_IS_GONE if refused.no_such_path else _CLIP_LIVES)
            raise

    async def take_picture(self, camera: CameraKey) -> Started | Busy:
        """Ask for a new picture, once."""
        return await self._start("the picture", routes.thumbnail(self.account_id, camera))

    async def set_armed(self, network_id: int, *, armed: bool) -> Started | Busy | NoneEnabled:
        """Ask once for a network to be armed or disarmed."""
        try:
            return await self._start("arming", routes.arm(self.account_id, network_id, armed=armed))
        except Refused as refused:
            if armed and refused.code == _NONE_ENABLED:
                return NoneEnabled()
            raise

    async def set_motion(self, camera: CameraKey, *, enabled: bool) -> Started | Busy:
        """Ask once for a camera's motion detection to be on or off."""
        path, body = routes.motion(self.account_id, camera, enabled=enabled)
        return await self._start("motion detection", path, body)

    async def _start(self, what: str, path: str, body: Mapping[str, bool] | None = None) -> Started | Busy:
        try:
            answer = await self._asker.ask(what, "POST", path, json=body)
        except BusyAnswer as busy:
            return Busy(busy.status, busy.code, busy.message)
        return started(answer, self.blink_now())

    async def command(self, network_id: int, command_id: int) -> CommandState:
        """Ask how far a command has come."""
        answer = await self._asker.ask("the command", "GET", routes.command(network_id, command_id))
        return command_state(answer.read(CommandAnswer))

    async def end_command(self, network_id: int, command_id: int) -> None:
        """Tell the Sync Module to let go of a command; never fails, as nothing depends on it."""
        for path in routes.command_done(self.account_id, network_id, command_id):
            try:
                answer = await self._asker.ask_in_passing("the end of the command", "POST", path)
            except Refused:
                continue
            except BlinkError:
                return
            if said_in(answer.body).code != _NO_LONGER_SUPPORTED:
                return

    async def media_since(self, since: datetime, *, partial: bool = False, at_once: bool = True) -> list[MediaEntry]:
        """List the recordings changed at or after `since` (Blink's clock), oldest first; partial ones where wanted.

        Without `at_once` an empty list costs one request; as long as it is not known from where Blink counts its pages,
        a recording may then be missing from every other list.
        """
        found: dict[int, MediaEntry] = {}
        seen: set[int] = set()
        async with aclosing(self._pages.since(self._media_page, since, at_once=at_once)) as pages:
            async for listed in pages:
                fresh = [entry for entry in listed.media if entry is None or entry.id not in seen]
                seen.update(entry.id for entry in fresh if entry)
                found.update({entry.id: media for entry in fresh if entry and (media := media_of(entry))})
                if not fresh or (listed.limit is not None and len(listed.media) < listed.limit):
                    break
        wanted = [entry for entry in found.values() if partial or not entry.partial]
        return sorted(wanted, key=lambda entry: (entry.created_at, entry.media_id))

    async def keeps_any(self, since: datetime) -> bool:
        """Say whether any recording changed at or after `since` is listed."""
        async with aclosing(self._pages.since(self._media_page, since, at_once=True)) as pages:
            return bool((await anext(pages)).media)

    async def _media_page(self, since: datetime, page: int) -> MediaPage:
        query = {"since": since.isoformat(timespec="seconds"), "page": str(page)}
        answer = await self._asker.ask("the recordings", "GET", routes.media_changed(self.account_id), query=query)
        return answer.read(MediaPage)

    async def events_since(self, since: datetime) -> Sequence[Event]:
        """List what cameras noticed since `since` (Blink's clock), also where Blink keeps no video of it.

        Only the first page is read, and the list is known from the app alone: no answer to a question may depend on it.
        """
        path, query = routes.media_events(self.account_id), {"start_time": since.isoformat(timespec="seconds")}
        answer = await self._asker.ask_in_passing("the events", "POST", path, query=query, json={})
        return events_in(answer.read(EventPage))

    async def delete_media(self, media_id: int) -> None:
        """Delete a recording from Blink's cloud (the field's name is verified: nico579/blink2video)."""
        path = routes.media_delete(self.account_id)
        answer = await self._asker.ask("the deletion", "POST", path, json={"media_list": [media_id]})
        said = said_in(answer.body)
        if said.code not in _DELETED:
            raise Refused(200, code=said.code, message=said.message)

    async def download(self, path: str, target: Path, *, limit: int) -> int:
        """Stream the video at `path` into `target` and return its size; raises BadMedia past `limit` bytes too."""
        return await self._asker.receive("the video", path, lambda response: save(response, target, limit=limit))

    async def download_picture(
        self, path: str, target: Path, *, limit: int = _LARGEST_PICTURE, again: float = 1.0
    ) -> int:
        """Stream the picture at `path` into `target` and return its size.

        One whose end is missing is fetched a second time, `again` seconds later. Raises BadMedia if it is no JPEG.
        """
        try:
            return await self._picture(path, target, limit=limit)
        except BadMedia as bad:
            if not bad.incomplete:
                raise
            await asyncio.sleep(again)
            return await self._picture(path, target, limit=limit)

    async def _picture(self, path: str, target: Path, *, limit: int) -> int:
        def keep(response: ClientResponse) -> Awaitable[int]:
            return save(response, target, limit=limit, right=is_jpeg, whole=is_whole_jpeg)

        return await self._asker.receive("the picture", path, keep)
