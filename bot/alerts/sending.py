"""Tells one alert message to its end: first the picture if the video is late, then the video, or why it is missing."""

import asyncio
import contextlib
import logging
import tempfile
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import NoReturn, Protocol

from bot.accounts import Sessions
from bot.blink import BlinkClient, BlinkError, DiskTrouble, MediaTooLarge, RateLimited, Refused, SignedOut
from bot.metrics import Metrics
from bot.models import Alert, Footage, Notice, Watcher
from bot.store import AlertStore

from .permissions import AlertPermissions, Unsure
from .timing import Timing

log = logging.getLogger("bot.alerts")

_LARGEST = 256 * 2**20
_LARGEST_PICTURE = 4 * 2**20


class Fetcher:
    """Downloads from the Blink account of an alert's owner, at most `timing.fetches` videos at once."""

    def __init__(self, sessions: Sessions, timing: Timing) -> None:
        self._sessions = sessions
        self._timing = timing
        self._at_once = asyncio.Semaphore(timing.fetches)

    async def video(self, alert: Alert, target: Path) -> Footage:
        """Fetch the video into `target`, and say whether it is there, or why not; raises none of Blink's errors."""
        assert alert.path is not None
        for gap in (0.0, *self._timing.fetch_gaps):
            await asyncio.sleep(gap)
            try:
                async with self._at_once:
                    client = await self._client_of(alert)
                    if client is None:
                        return Footage.AWAY
                    await client.download(alert.path, target, limit=_LARGEST)
            except MediaTooLarge:
                return Footage.TOO_LARGE
            except Refused as refused:
                log.info("a recording is gone: %s", refused)
                return Footage.GONE
            except (DiskTrouble, SignedOut) as error:
                log.warning("a recording cannot be fetched: %s", error)
                return Footage.AWAY
            except RateLimited as limited:
                log.info("a recording is not fetched yet: %s", limited)
                await asyncio.sleep(min(limited.retry_after, self._timing.failing))
            except BlinkError as error:
                log.info("a recording is not fetched yet: %s", error)
            else:
                return Footage.HERE
        return Footage.AWAY

    async def picture(self, alert: Alert, target: Path) -> Path | None:
        """Fetch the picture into `target`; returns None if it does not come soon, and raises none of Blink's errors."""
        if alert.picture is None:
            return None
        try:
            async with asyncio.timeout(self._timing.picture_after):
                client = await self._client_of(alert)
                if client is None:
                    return None
                await client.download_picture(alert.picture, target, limit=_LARGEST_PICTURE)
        except (BlinkError, TimeoutError) as error:
            log.info("the picture of a recording did not come: %s", str(error) or "it took too long")
            return None
        return target

    async def _client_of(self, alert: Alert) -> BlinkClient | None:
        """Return the client of an alert's Blink account, None if that is no longer linked; raises BlinkError."""
        session = await self._sessions.session(alert.owner_id)
        return session.client if session and session.client.account_id == alert.account_id else None


class Unreachable(Exception):
    """This person takes no direct messages."""


class Teller(Protocol):
    """Shows alert messages in Discord."""

    async def show(
        self, notice: Notice, watcher: Watcher, footage: Footage, *, video: Path | None, picture: Path | None
    ) -> Notice | None:
        """Send an alert message, or edit the one that is sent already, and return the notice with its message.

        Returns None if Discord does not take it now. Raises Unreachable if this person takes no direct messages.
        """
        ...

    async def find(self, notice: Notice, watcher: Watcher) -> Notice | None:
        """Return a notice with its message from before a restart, or None if there is none."""
        ...


class _Over(Exception):
    """This process has nothing more to show of a notice."""


class _Anew(Exception):
    """The first alert of a notice that nobody has read may no longer be shown, so the notice begins again."""


class AlertDelivery:
    """Tells alert messages; videos lie in `folder` meanwhile."""

    def __init__(
        self,
        store: AlertStore,
        fetcher: Fetcher,
        teller: Teller,
        wanted: AlertPermissions,
        *,
        folder: Path,
        now: Callable[[], datetime],
        timing: Timing,
        metrics: Metrics,
    ) -> None:
        self._store = store
        self._fetcher = fetcher
        self._teller = teller
        self._wanted = wanted
        self._folder = folder
        self._now = now
        self._timing = timing
        self._metrics = metrics

    async def tell(self, notice: Notice, *, shown: asyncio.Event, moved: asyncio.Event) -> None:
        """Tell a notice to its end; sets `shown` once it stands in Discord, and looks again when `moved` is set.

        If its first alert is withdrawn before anybody has read it, the notice is left to be resumed.
        """
        if notice.resumed and notice.message_id is None:
            notice = await self._found(notice)
        if notice.message_id:
            shown.set()
        else:
            notice = await self._allowed(notice)
        with contextlib.suppress(_Anew):
            await self._tell(notice, shown, moved)
            shown.set()

    async def _tell(self, notice: Notice, shown: asyncio.Event, moved: asyncio.Event) -> None:
        folder = tempfile.TemporaryDirectory(dir=self._folder, prefix="alert-", ignore_cleanup_errors=True)
        with folder as place, contextlib.suppress(_Over):
            video, picture = Path(place, "video.mp4"), Path(place, "picture.jpg")
            following = asyncio.create_task(self._footage(notice.head, video, moved), name="footage")
            try:
                if notice.message_id is None:
                    if notice.head.path:
                        await asyncio.wait({following}, timeout=self._timing.picture_after)
                    if not following.done():
                        first = await self._fetcher.picture(notice.head, picture)
                        notice = await self._show(notice, Footage.COMING, picture=first)
                        shown.set()
                footage = await following
            finally:
                following.cancel()
                await asyncio.gather(following, return_exceptions=True)
            await self._show(notice, footage, video=video if footage is Footage.HERE else None)
            await self._store.notices.told(notice)
            self._metrics.alert_told(footage.value)

    async def _found(self, notice: Notice) -> Notice:
        """Return a notice with its message from before a restart, or as it is if there is none."""
        found = await self._teller.find(notice, await self._store.subscriptions.watcher(notice.user_id))
        if found is None:
            return notice
        await self._store.notices.shown(found)
        return found

    async def _allowed(self, notice: Notice) -> Notice:
        """Return an unread notice with the alerts that may be told now, or as it is if none may or nobody knows."""
        with contextlib.suppress(Unsure):
            if allowed := await self._wanted.of(notice.user_id, notice.alerts):
                return replace(notice, alerts=tuple(allowed))
        return notice

    async def _footage(self, alert: Alert, target: Path, moved: asyncio.Event) -> Footage:
        """Wait until Blink has the whole video, and fetch it."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self._timing.partial_for + self._timing.every
        while alert.path is None:
            moved.clear()
            current = await self._store.notices.alert(alert.id)
            if current is None or loop.time() > deadline:
                return Footage.UNFINISHED
            alert = current
            if alert.path is None:
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(self._timing.every):
                        await moved.wait()
        return await self._fetcher.video(alert, target)

    async def _show(
        self, notice: Notice, footage: Footage, *, video: Path | None = None, picture: Path | None = None
    ) -> Notice:
        """Show a notice as it stands, and try until Discord takes it; raises _Over and _Anew.

        Gives up after a day, since Discord will not take it then either.
        """
        loop = asyncio.get_running_loop()
        give_up_at = loop.time() + self._timing.give_up
        while True:
            try:
                shown = await self._show_once(notice, footage, video=video, picture=picture)
            except Unsure:
                shown = None
            if shown:
                if shown.message_id != notice.message_id:
                    await self._store.notices.shown(shown)
                return shown
            if loop.time() > give_up_at:
                log.warning("notice %s is given up: Discord does not take it", notice.id)
                await self._end(notice)
            await asyncio.sleep(self._timing.again)

    async def _show_once(
        self, notice: Notice, footage: Footage, *, video: Path | None, picture: Path | None
    ) -> Notice | None:
        """Show the alerts of a notice that may still be told; raises _Over, _Anew, and Unsure.

        Returns None if Discord does not take it.
        """
        if not await self._store.notices.still_ours(notice):
            raise _Over
        allowed = await self._wanted.of(notice.user_id, notice.alerts)
        if not allowed and notice.message_id is None:
            await self._end(notice)
        if notice.head not in allowed:
            if notice.message_id is None:
                raise _Anew
            footage, video, picture = Footage.WITHDRAWN, None, None
        notice = replace(notice, alerts=(notice.head, *(alert for alert in notice.more if alert in allowed)))
        watcher = await self._store.subscriptions.watcher(notice.user_id)
        notice = await self._mentioning(notice, watcher)
        try:
            return await self._teller.show(notice, watcher, footage, video=video, picture=picture)
        except Unreachable:
            log.info("user %d takes no direct messages", notice.user_id)
            await self._store.subscriptions.cannot_reach(notice.user_id, at=self._now())
        return await self._end(notice)

    async def _mentioning(self, notice: Notice, watcher: Watcher) -> Notice:
        """Return a notice with the role that it may mention, which is written down before it is sent."""
        place = notice.place(watcher)
        if place is None or place.role_id is None or notice.role_id is not None or notice.message_id is not None:
            return notice
        if not await self._store.notices.mention(notice, place.role_id, every=self._timing.mention_every):
            return notice
        return replace(notice, role_id=place.role_id)

    async def _end(self, notice: Notice) -> NoReturn:
        await self._store.notices.told(notice)
        raise _Over
