"""Shows alert messages in Discord: in a channel, or directly to their person."""

import asyncio
import contextlib
import glob
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TypeAlias

from bot.alerts import NoDirectMessages, Unsure
from bot.caching import BoundedCache
from bot.jobs import Media, Shrinker
from bot.models import AlertMessage, AlertPlace, Footage, HealthMessage, NotShrunk, Watcher
from bot.video_folder import remove
from bot.wording import Card, alerts

from .attachments import DM_LIMIT, TRIES, Attachment, fitting, limit_below
from .membership import MembershipChecker
from .messenger import Messenger, SentMessage
from .retry import (
    DeliveryError,
    DeliveryRefused,
    DiscordUnavailable,
    DmsClosed,
    DoesNotFit,
    FileTooLarge,
    RetryPolicies,
    ShareRevoked,
    log,
    retry,
)

_UNKNOWN_MESSAGE = 10008
_CLOCKS_DIFFER = timedelta(days=1)  # our clock and Discord's; a search for a message goes no farther back
_MOST_UNSURE = 1000


@dataclass(frozen=True, slots=True)
class _Content:
    """The parts of an alert message that are shown."""

    footage: Footage
    video: Media | None
    picture: Media | None


_Draw: TypeAlias = partial[Card]
"""`alerts.card` of a message, as one channel shows it."""

_Send: TypeAlias = Callable[[Card, Attachment | None], Awaitable[SentMessage]]


class AlertSender:
    """The AlertDisplay: shows alert messages, and those about the health of cameras."""

    def __init__(
        self,
        messenger: Messenger,
        membership: MembershipChecker,
        shrinker: Shrinker,
        policies: RetryPolicies,
        uploads: asyncio.Semaphore,
    ) -> None:
        self._messenger = messenger
        self._membership = membership
        self._shrinker = shrinker
        self._policies = policies
        self._uploads = uploads
        self._unsure = BoundedCache[str, bool](most=_MOST_UNSURE)  # messages that Discord may have without our knowing

    async def show(
        self, message: AlertMessage, watcher: Watcher, footage: Footage, *, video: Path | None, picture: Path | None
    ) -> AlertMessage | None:
        """Send an alert message, or edit the one that is sent already, and return it with its place in Discord.

        Returns None if Discord does not take it now, or if the person may no longer see a shared camera. Raises
        NoDirectMessages if the person takes no direct messages.
        """
        try:
            if self._may_be_sent(message):
                message = await self._found(message, watcher) or message
            return await self._show(message, watcher, await self._content(message, footage, video, picture))
        except DmsClosed:
            raise NoDirectMessages from None
        except (DeliveryError, Unsure) as error:
            log.info("an alert message is not shown now: %s", type(error).__name__)
            self._unsure.put(message.id, True)
            return None
        finally:
            if video:
                await asyncio.to_thread(remove, _smaller(video))

    async def show_health(self, message: HealthMessage) -> HealthMessage | None:
        """Send a message about the health of cameras, or find the one that another process has sent.

        Returns None if Discord does not take it now. Raises NoDirectMessages if the person takes no direct messages.
        """
        try:
            channel_id, card = await self._open_dm(message.user_id), alerts.health(message)
            sent = await self._search(message, channel_id, alerts.health_marker(message)) if message.resumed else None
            if sent is None:
                send = partial(self._messenger.send, channel_id, card, None, nonce=message.id[:25])
                sent = await retry(send, self._policies.text)
        except DmsClosed:
            raise NoDirectMessages from None
        except DeliveryError as error:
            log.info("a message about health is not shown now: %s", type(error).__name__)
            return None
        return replace(message, channel_id=sent.channel_id, message_id=sent.message_id)

    async def find(self, message: AlertMessage, watcher: Watcher) -> AlertMessage | None:
        """Return an alert message with its place in Discord, if it was sent before a restart; never fails.

        Returns None also if Discord is unavailable: `show` looks again for one that another process may have sent.
        """
        try:
            return await self._found(message, watcher)
        except DiscordUnavailable:
            return None

    async def _found(self, message: AlertMessage, watcher: Watcher) -> AlertMessage | None:
        if message.message_id is not None:
            return message
        with contextlib.suppress(DeliveryRefused):  # the channel may be closed and the direct messages open
            place = message.place(watcher)
            if place and (found := await self._find(message, place.channel.channel_id)):
                return found
        with contextlib.suppress(DeliveryRefused):
            return await self._find(message, await self._open_dm(message.user_id))
        return None

    async def _find(self, message: AlertMessage, channel_id: int) -> AlertMessage | None:
        sent = await self._search(message, channel_id, alerts.marker(message))
        return _shown_by(message, sent) if sent else None

    async def _search(self, message: AlertMessage | HealthMessage, channel_id: int, marker: str) -> SentMessage | None:
        find = partial(self._messenger.find, channel_id, marker, since=message.made_at - _CLOCKS_DIFFER)
        return await retry(find, self._policies.text)

    async def _show(self, message: AlertMessage, watcher: Watcher, content: _Content) -> AlertMessage:
        """Show a message in the person's channel, else in their direct messages; shared cameras only in the latter."""
        draw = partial(alerts.card, message, locale=watcher.locale)
        place = message.place(watcher)
        if place:
            posting = await self._membership.posting(message.user_id, place)
            if posting.allowed:
                here = partial(draw, **_mentioning(message, place, allowed=posting.mentions))
                try:
                    return await self._show_in(place.channel.channel_id, message, content, here)
                except DeliveryRefused as refusal:
                    log.info("a channel takes no alert message: code %s", refusal.code)
        directly = partial(draw, diverted=place is not None)
        return await self._show_in(await self._open_dm(message.user_id), message, content, directly)

    async def _show_in(self, channel_id: int, message: AlertMessage, content: _Content, draw: _Draw) -> AlertMessage:
        before = _sent_before(message)
        if before and before.channel_id == channel_id:
            try:
                await self._put(message, content, draw, partial(self._messenger.edit, before))
            except DeliveryRefused as refusal:
                if refusal.code != _UNKNOWN_MESSAGE:
                    raise  # a person who has deleted the message does not want it a second time
            return message
        # A nonce counts in every channel: the same one would bring back the message that stands elsewhere.
        nonce = f"{message.id[:23]}-m" if before else message.id[:25]
        sent = await self._put(message, content, draw, partial(self._messenger.send, channel_id, nonce=nonce))
        if before:
            with contextlib.suppress(DeliveryRefused, DiscordUnavailable):
                await retry(partial(self._messenger.delete, before), self._policies.question)
        shown = _shown_by(message, sent)
        if before is None and content.footage is not Footage.COMING and self._may_be_sent(message):
            # The nonce may have brought back a message that was still on its way, and says that the video follows.
            return await self._show_in(channel_id, shown, content, draw)
        return shown

    def _may_be_sent(self, message: AlertMessage) -> bool:
        return message.resumed or self._unsure.get(message.id) is not None

    async def _put(self, message: AlertMessage, content: _Content, draw: _Draw, send: _Send) -> SentMessage:
        """Show a message in one place with the video, else with the picture, else with neither."""
        footage = content.footage
        if content.video:
            try:
                name, here = alerts.filename(message), partial(draw, Footage.HERE)
                return await self._put_file(message, content.video, name, here, send)
            except DoesNotFit as error:
                log.info("an alert message comes without its video: %s", error.why)
                footage = Footage.TOO_LARGE
        if content.picture:
            with contextlib.suppress(DoesNotFit):
                name, here = alerts.picture_name(message), partial(draw, footage, pictured=True)
                return await self._put_file(message, content.picture, name, here, send)
        return await retry(partial(send, draw(footage), None), self._policies.text)

    async def _put_file(self, message: AlertMessage, media: Media, name: str, draw: _Draw, send: _Send) -> SentMessage:
        """Show a message with a file that fits. Raises DoesNotFit."""
        limit = DM_LIMIT
        for _ in range(TRIES):
            file = await fitting(media, limit, name=name, caption=alerts.caption(message))
            card = draw(shrunk_from=file.shrunk_from)
            try:
                async with self._uploads:
                    return await retry(partial(send, card, file), self._policies.upload)
            except FileTooLarge:
                limit = limit_below(file)
        raise DoesNotFit(NotShrunk.TOO_LONG)

    async def _content(
        self, message: AlertMessage, footage: Footage, video: Path | None, picture: Path | None
    ) -> _Content:
        film = await self._media(message, video, self._shrinker) if video and footage is Footage.HERE else None
        still = await self._media(message, picture, None) if picture else None
        return _Content(footage, film, still)

    async def _media(self, message: AlertMessage, path: Path, shrinker: Shrinker | None) -> Media:
        size = (await asyncio.to_thread(path.stat)).st_size
        if not message.head.shared:
            return Media(path, size, shrinker)
        return Media(path, size, shrinker, check=partial(self._check, message))

    async def _check(self, message: AlertMessage) -> None:
        """Raise ShareRevoked if the owner of a camera no longer lets this person see it."""
        if not await self._membership.may_hear([message.head]):
            raise ShareRevoked

    async def _open_dm(self, user_id: int) -> int:
        channel = await retry(partial(self._messenger.open_dm, user_id), self._policies.text)
        return channel.id


def _mentioning(message: AlertMessage, place: AlertPlace, *, allowed: bool) -> dict[str, int | None]:
    """Return the role that was written down for a message to mention, and one that may not be mentioned any more."""
    chosen = message.role_id if message.role_id == place.role_id else None
    return {"mention": chosen, "silenced": None} if allowed else {"mention": None, "silenced": place.role_id}


def _sent_before(message: AlertMessage) -> SentMessage | None:
    if message.channel_id is None or message.message_id is None:
        return None
    return SentMessage(message.channel_id, message.message_id)


def _shown_by(message: AlertMessage, sent: SentMessage) -> AlertMessage:
    return replace(message, channel_id=sent.channel_id, message_id=sent.message_id)


def _smaller(video: Path) -> Iterator[Path]:
    """Yield the versions that were made of a video to fit a place."""
    return video.parent.glob(f"{glob.escape(video.stem)}.*{video.suffix}")
