"""One account's Blink, as far as the bot needs it."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import aclosing, suppress
from datetime import datetime
from pathlib import Path

from aiohttp import ClientResponse

from bot.models import CameraKey, StorageUnavailable

from . import routes
from .account_transport import AccountTransport, Bearer, utcnow
from .errors import BadMedia, BlinkError, Refused
from .inventory import inventory
from .json_models import EventPage, Homescreen, MediaPage
from .media import MediaPages, is_jpeg, is_whole_jpeg, save
from .models import (
    Busy,
    CameraEvent,
    CommandState,
    Inventory,
    LiveSession,
    MediaEntry,
    NoLiveView,
    NoneEnabled,
    Started,
)
from .responses import client_number, command_state, events_in, live_view_started, media_of
from .transport import Transport
from .usb import UsbRequests

_log = logging.getLogger(__name__)

_LIVE_VIEW = {"intent": "liveview", "motion_event_start_time": None}
_DELETED = {711, 200, None}  # the first is verified, the second documented
_LARGEST_PICTURE = 8 * 2**20
_NONE_ENABLED = 304  # "No Cameras Enabled for Motion", although the network is armed: fronzbot/blinkpy issue 213
# Blink's own app no longer records clips with this path, so Blink may remove it.
_CLIP_IS_GONE = "Blink no longer has the path that records a clip (HTML 404), at least for this kind of camera"
_CLIP_LIVES = "Blink refused to record a clip, in JSON: the path that records one is still there"


class BlinkClient:
    """Talks to Blink for one account; methods raise BlinkError unless they say otherwise."""

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
        self._transport = AccountTransport(transport, bearer, tier=tier, now=now)
        self._pages = MediaPages(self._media_page)
        self.usb = UsbRequests(self._transport, account_id)

    def blink_now(self) -> datetime:
        """Return Blink's clock by its last answer, in whole seconds."""
        return self._transport.blink_now()

    async def inventory(self) -> Inventory:
        """List the account's cameras and storage."""
        answer = await self._transport.request("the list of cameras", "GET", routes.homescreen(self.account_id))
        return inventory(answer.read(Homescreen), self.account_id)

    async def client_number(self) -> str:
        """Return Blink's number for this client."""
        answer = await self._transport.request("the list of cameras", "GET", routes.homescreen(self.account_id))
        return client_number(answer)

    async def record_clip(self, camera: CameraKey) -> Started | Busy:
        """Request a clip once; after a 401, once more, since a refused request records nothing."""
        try:
            return await self._transport.start("the recording", routes.clip(self.account_id, camera))
        except Refused as refused:
            self._transport.warn_daily(_CLIP_IS_GONE if refused.no_such_path else _CLIP_LIVES)
            raise

    async def start_live_view(self, camera: CameraKey) -> LiveSession | NoLiveView | Busy:
        """Start a live view once, and end it at once if the bot cannot watch it."""
        path = routes.live_view(self.account_id, camera)
        answer = await self._transport.post("the live view", path, _LIVE_VIEW)
        if isinstance(answer, Busy):
            return answer
        command_id, session = live_view_started(answer, camera.network_id, self.blink_now())
        if isinstance(session, NoLiveView):
            await self.end_live_view(camera.network_id, command_id)
        return session

    async def end_live_view(self, network_id: int, command_id: int) -> None:
        """Tell Blink that a live view is over; never raises, as one that nobody ends is over after five minutes."""
        path, _ = routes.command_done(self.account_id, network_id, command_id)
        try:
            await self._transport.post_in_passing("the end of the live view", path)
        except (BlinkError, StorageUnavailable) as error:  # a token that is due is renewed first, which is saved
            _log.info("Blink did not hear that a live view is over: %s", error)

    async def take_picture(self, camera: CameraKey) -> Started | Busy:
        """Request a new picture once."""
        return await self._transport.start("the picture", routes.thumbnail(self.account_id, camera))

    async def set_armed(self, network_id: int, *, armed: bool) -> Started | Busy | NoneEnabled:
        """Arm or disarm a network; send the request once."""
        try:
            return await self._transport.start("arming", routes.arm(self.account_id, network_id, armed=armed))
        except Refused as refused:
            if armed and refused.code == _NONE_ENABLED:
                return NoneEnabled()
            raise

    async def set_motion(self, camera: CameraKey, *, enabled: bool) -> Started | Busy:
        """Turn a camera's motion detection on or off; send the request once."""
        path, body = routes.motion(self.account_id, camera, enabled=enabled)
        return await self._transport.start("motion detection", path, body)

    async def command(self, network_id: int, command_id: int) -> CommandState:
        """Fetch the progress of a command."""
        answer = await self._transport.request("the command", "GET", routes.command(network_id, command_id))
        return command_state(answer)

    async def end_command(self, network_id: int, command_id: int) -> None:
        """Tell the Sync Module that a command is over; never raises, as nothing depends on it."""
        with suppress(BlinkError, StorageUnavailable):
            paths = routes.command_done(self.account_id, network_id, command_id)
            await self._transport.post_to_first("the end of the command", paths)

    async def media_since(self, since: datetime, *, partial: bool = False, at_once: bool = True) -> list[MediaEntry]:
        """List the recordings that changed at or after `since` (Blink's clock), oldest first.

        Recordings that are still being written are left out unless `partial`. Without `at_once` an empty list costs
        one request; until the number of Blink's first page is known, every other list may then miss a recording.
        """
        found: dict[int, MediaEntry] = {}
        seen: set[int] = set()
        async with aclosing(self._pages.since(since, at_once=at_once)) as pages:
            async for listed in pages:
                fresh = [entry for entry in listed.media if entry is None or entry.id not in seen]
                seen.update(entry.id for entry in fresh if entry)
                found.update({entry.id: media for entry in fresh if entry and (media := media_of(entry))})
                if not fresh or (listed.limit is not None and len(listed.media) < listed.limit):
                    break
        wanted = [entry for entry in found.values() if partial or not entry.partial]
        return sorted(wanted, key=lambda entry: (entry.created_at, entry.media_id))

    async def keeps_any(self, since: datetime) -> bool:
        """Return whether Blink lists a recording that changed at or after `since`."""
        async with aclosing(self._pages.since(since, at_once=True)) as pages:
            return bool((await anext(pages)).media)

    async def _media_page(self, since: datetime, page: int) -> MediaPage:
        query = {"since": since.isoformat(timespec="seconds"), "page": str(page)}
        path = routes.media_changed(self.account_id)
        answer = await self._transport.request("the recordings", "GET", path, query=query)
        return answer.read(MediaPage)

    async def events_since(self, since: datetime) -> Sequence[CameraEvent]:
        """List the events of cameras since `since` (Blink's clock), also those without a video.

        Only the first page is read, and only Blink's app is known to use this list, so nothing may depend on it.
        """
        path, query = routes.media_events(self.account_id), {"start_time": since.isoformat(timespec="seconds")}
        answer = await self._transport.post_in_passing("the events", path, query=query, json={})
        return events_in(answer.read(EventPage))

    async def delete_media(self, media_id: int) -> None:
        """Delete a recording from Blink's cloud (the field's name is verified: nico579/blink2video)."""
        path = routes.media_delete(self.account_id)
        answer = await self._transport.request("the deletion", "POST", path, json={"media_list": [media_id]})
        message = answer.message
        if message.code not in _DELETED:
            raise Refused(200, code=message.code, message=message.text)

    async def download(self, path: str, target: Path, *, limit: int) -> int:
        """Save the video at `path` to `target` and return its size. Raises BadMedia, also above `limit` bytes."""
        return await self._transport.download("the video", path, lambda response: save(response, target, limit=limit))

    async def download_picture(
        self, path: str, target: Path, *, limit: int = _LARGEST_PICTURE, again: float = 1.0
    ) -> int:
        """Save the picture at `path` to `target` and return its size.

        If its end is missing, fetch it once more after `again` seconds. Raises BadMedia if it is no JPEG.
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
            return save(response, target, limit=limit, has_head=is_jpeg, is_whole=is_whole_jpeg)

        return await self._transport.download("the picture", path, keep)
