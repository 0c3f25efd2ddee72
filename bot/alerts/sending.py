"""Sends one alert message: first the picture if the video is late, then the video, or why it is missing."""

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
from bot.models import Alert, AlertMessage, Footage, HealthMessage, Watcher
from bot.store import AlertStore

from .subscriptions import AlertPermissions, Unsure
from .timing import AlertTiming

log = logging.getLogger("bot.alerts")

_LARGEST = 256 * 2**20
_LARGEST_PICTURE = 4 * 2**20


class Fetcher:
    """Downloads from the Blink account of an alert's owner, at most `timing.fetches` videos at once."""

    def __init__(self, sessions: Sessions, timing: AlertTiming) -> None:
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


class NoDirectMessages(Exception):
    """This person takes no direct messages."""


class AlertDisplay(Protocol):
    """Shows alert messages, and those about the health of cameras, in Discord."""

    async def show(
        self, message: AlertMessage, watcher: Watcher, footage: Footage, *, video: Path | None, picture: Path | None
    ) -> AlertMessage | None:
        """Send an alert message, or edit the one that is sent already, and return it with its place in Discord.

        Returns None if Discord does not take it now. Raises NoDirectMessages if this person takes no direct messages.
        """
        ...

    async def find(self, message: AlertMessage, watcher: Watcher) -> AlertMessage | None:
        """Return a message with its place in Discord, from before a restart; None if it is not there."""
        ...

    async def show_health(self, message: HealthMessage) -> HealthMessage | None:
        """Send a direct message, or find the one that is sent already, and return it with its place in Discord.

        Returns None if Discord does not take it now. Raises NoDirectMessages if this person takes no direct messages.
        """
        ...


class _Over(Exception):
    """This process has nothing more to show of a message."""


class _Anew(Exception):
    """The first alert of a message that nobody has read may no longer be shown, so the message begins again."""


class AlertDelivery:
    """Sends alert messages; videos lie in `folder` meanwhile."""

    def __init__(
        self,
        store: AlertStore,
        fetcher: Fetcher,
        display: AlertDisplay,
        wanted: AlertPermissions,
        *,
        folder: Path,
        now: Callable[[], datetime],
        timing: AlertTiming,
        metrics: Metrics,
    ) -> None:
        self._store = store
        self._fetcher = fetcher
        self._display = display
        self._wanted = wanted
        self._folder = folder
        self._now = now
        self._timing = timing
        self._metrics = metrics

    async def deliver(self, message: AlertMessage, *, shown: asyncio.Event, moved: asyncio.Event) -> None:
        """Send a message, and edit it until its video is there or known not to come.

        Sets `shown` once it stands in Discord, and looks again when `moved` is set. If its first alert is
        withdrawn before anybody has read it, the message is left to be resumed.
        """
        if message.resumed and message.message_id is None:
            message = await self._found(message)
        if message.message_id:
            shown.set()
        else:
            message = await self._allowed(message)
        with contextlib.suppress(_Anew):
            await self._deliver(message, shown, moved)
            shown.set()

    async def _deliver(self, message: AlertMessage, shown: asyncio.Event, moved: asyncio.Event) -> None:
        folder = tempfile.TemporaryDirectory(dir=self._folder, prefix="alert-", ignore_cleanup_errors=True)
        with folder as place, contextlib.suppress(_Over):
            video, picture = Path(place, "video.mp4"), Path(place, "picture.jpg")
            following = asyncio.create_task(self._footage(message.head, video, moved), name="footage")
            try:
                if message.message_id is None:
                    if message.head.path:
                        await asyncio.wait({following}, timeout=self._timing.picture_after)
                    if not following.done():
                        first = await self._fetcher.picture(message.head, picture)
                        message = await self._show(message, Footage.COMING, picture=first)
                        shown.set()
                footage = await following
            finally:
                following.cancel()
                await asyncio.gather(following, return_exceptions=True)
            await self._show(message, footage, video=video if footage is Footage.HERE else None)
            await self._store.alert_messages.finish(message)
            self._metrics.alert_finished(footage.value)

    async def _found(self, message: AlertMessage) -> AlertMessage:
        """Return a message with its place in Discord, from before a restart; as it is if it is not there."""
        found = await self._display.find(message, await self._store.subscriptions.watcher(message.user_id))
        if found is None:
            return message
        await self._store.alert_messages.shown(found, at=self._now())
        return found

    async def _allowed(self, message: AlertMessage) -> AlertMessage:
        """Return an unread message with the alerts that may be sent now, or as it is if none may or nobody knows."""
        with contextlib.suppress(Unsure):
            if allowed := await self._wanted.of(message.user_id, message.alerts):
                return replace(message, alerts=tuple(allowed))
        return message

    async def _footage(self, alert: Alert, target: Path, moved: asyncio.Event) -> Footage:
        """Wait until Blink has the whole video, and fetch it."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self._timing.partial_for + self._timing.every
        while alert.path is None:
            moved.clear()
            current = await self._store.alert_messages.alert(alert.id)
            if current is None or loop.time() > deadline:
                return Footage.UNFINISHED
            alert = current
            if alert.path is None:
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(self._timing.every):
                        await moved.wait()
        return await self._fetcher.video(alert, target)

    async def _show(
        self, message: AlertMessage, footage: Footage, *, video: Path | None = None, picture: Path | None = None
    ) -> AlertMessage:
        """Show a message as it stands, and try until Discord takes it; raises _Over and _Anew.

        Gives up after a day, since Discord will not take it then either.
        """
        loop = asyncio.get_running_loop()
        give_up_at = loop.time() + self._timing.give_up
        while True:
            try:
                shown = await self._show_once(message, footage, video=video, picture=picture)
            except Unsure:
                shown = None
            if shown:
                if shown.message_id != message.message_id:
                    await self._store.alert_messages.shown(shown, at=self._now())
                return shown
            if loop.time() > give_up_at:
                log.warning("alert message %s is given up: Discord does not take it", message.id)
                await self._end(message)
            await asyncio.sleep(self._timing.again)

    async def _show_once(
        self, message: AlertMessage, footage: Footage, *, video: Path | None, picture: Path | None
    ) -> AlertMessage | None:
        """Show the alerts of a message that may still be sent; raises _Over, _Anew, and Unsure.

        Returns None if Discord does not take it.
        """
        if not await self._store.alert_messages.still_ours(message):
            raise _Over
        allowed = await self._wanted.of(message.user_id, message.alerts)
        if not allowed and message.message_id is None:
            await self._end(message)
        if message.head not in allowed:
            if message.message_id is None:
                raise _Anew
            footage, video, picture = Footage.WITHDRAWN, None, None
        message = replace(message, alerts=(message.head, *(alert for alert in message.more if alert in allowed)))
        watcher = await self._store.subscriptions.watcher(message.user_id)
        message = await self._mentioning(message, watcher)
        try:
            return await self._display.show(message, watcher, footage, video=video, picture=picture)
        except NoDirectMessages:
            log.info("user %d takes no direct messages", message.user_id)
            await self._store.subscriptions.cannot_reach(message.user_id, at=self._now())
        return await self._end(message)

    async def _mentioning(self, message: AlertMessage, watcher: Watcher) -> AlertMessage:
        """Return a message with the role that it may mention, which is written down before it is sent."""
        place = message.place(watcher)
        if place is None or place.role_id is None or message.role_id is not None or message.message_id is not None:
            return message
        if not await self._store.alert_messages.mention(message, place.role_id, every=self._timing.mention_every):
            return message
        return replace(message, role_id=place.role_id)

    async def _end(self, message: AlertMessage) -> NoReturn:
        await self._store.alert_messages.finish(message)
        raise _Over
