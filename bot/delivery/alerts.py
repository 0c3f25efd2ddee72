"""Tells people in Discord what cameras have seen: each notice is one message, in a channel or directly to them."""

import asyncio
import contextlib
import glob
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

import discord

from bot.alerts import Footage, Notice, Unreachable, Unsure, Watcher
from bot.clips import Lent, Media, Picture, Shrinker, Video
from bot.tidying import remove
from bot.wording import Card, alerts

from .line import Line
from .messages import Messages, Sent
from .pace import Pace
from .patience import Observe, Patience, unobserved
from .refusals import DmsClosed, Refusal
from .standing import Standing
from .steady import DiscordAway, log
from .uploads import DM_LIMIT, DoesNotFit, Uploads

_UNKNOWN_MESSAGE = 10008
_CLOCKS_DIFFER = timedelta(days=1)  # ours from Discord's, at most; only so that a long channel is not read in vain
_MOST_UNSURE = 1000

Answer = TypeVar("Answer")
Call = Callable[[Card, discord.File | None], Awaitable[Answer]]


class _TakenBack(Exception):
    """Whose camera it is no longer lets this person hear of it."""


@dataclass(frozen=True, slots=True)
class _Telling:
    """What there is to show of a notice."""

    footage: Footage
    video: Media | None
    picture: Media | None


class Herald:
    """The Teller of alerts."""

    def __init__(
        self,
        line: Line,
        standing: Standing,
        shrinker: Shrinker,
        *,
        uploads: asyncio.Semaphore,
        pace: Pace | None = None,
        observe: Observe = unobserved,
    ) -> None:
        self._line = line
        self._messages = Messages(line)
        self._standing = standing
        self._shrinker = shrinker
        self._unsure: dict[str, None] = {}  # notices that Discord may have although its answer got lost
        pace = pace or Pace()
        self._patience = Patience(pace, observe)
        self._uploads = Uploads(self._patience, uploads)

    async def show(
        self, notice: Notice, watcher: Watcher, footage: Footage, *, video: Path | None, picture: Path | None
    ) -> Notice | None:
        """Send a notice, or edit the message that shows it already, and return it with that message.

        None where Discord does not take it for now, and where the leave to see a lent camera has been taken back.
        Raises Unreachable where its person takes no direct messages.
        """
        try:
            if self._may_be_sent(notice):
                notice = await self._found(notice, watcher) or notice
            return await self._show(notice, watcher, await self._telling(notice, footage, video, picture))
        except DmsClosed:
            raise Unreachable from None
        except (Refusal, DiscordAway, Unsure, _TakenBack) as error:
            log.info("a notice is not shown now: %s", type(error).__name__)
            self._unsure[notice.id] = None
            if len(self._unsure) > _MOST_UNSURE:
                self._unsure.pop(next(iter(self._unsure)))
            return None
        finally:
            if video:
                await asyncio.to_thread(remove, _smaller(video))

    async def find(self, notice: Notice, watcher: Watcher) -> Notice | None:
        """Return a notice with the message that shows it, if there is one from before a restart; never fails.

        None where Discord is away, too: `show` looks again for one that another process may have sent.
        """
        try:
            return await self._found(notice, watcher)
        except DiscordAway:
            return None

    async def _found(self, notice: Notice, watcher: Watcher) -> Notice | None:
        if notice.message_id is not None:
            return notice
        with contextlib.suppress(Refusal):  # who cannot be reached in one of the two may be in the other
            if watcher.channel and (found := await self._find(notice, watcher.channel.channel_id)):
                return found
        with contextlib.suppress(Refusal):
            return await self._find(notice, await self._direct(notice))
        return None

    async def _find(self, notice: Notice, channel_id: int) -> Notice | None:
        custom_id, since = alerts.marker(notice), notice.made_at - _CLOCKS_DIFFER
        sent = await self._patience.text(lambda: self._messages.find(channel_id, custom_id, since=since))
        return _shown_by(notice, sent) if sent else None

    async def _show(self, notice: Notice, watcher: Watcher, telling: _Telling) -> Notice:
        """Show a notice in the person's channel, else in their direct messages; what is lent is theirs alone."""
        channel = None if any(alert.lent for alert in notice.alerts) else watcher.channel
        if channel and await self._standing.may_post(notice.user_id, channel):
            try:
                return await self._show_in(channel.channel_id, notice, telling)
            except Refusal as refusal:
                log.info("a channel takes no notice: code %s", refusal.code)
        return await self._show_in(await self._direct(notice), notice, telling, diverted=channel is not None)

    async def _show_in(self, channel_id: int, notice: Notice, telling: _Telling, *, diverted: bool = False) -> Notice:
        before = _message_of(notice)
        if before and before.channel_id == channel_id:
            try:
                await self._put(
                    notice,
                    telling,
                    lambda card, file: self._messages.edit(before, card, [file] if file else []),
                    diverted=diverted,
                )
            except Refusal as refusal:
                if refusal.code != _UNKNOWN_MESSAGE:
                    raise  # who has deleted the message does not want it a second time
            return notice
        # A nonce counts for all that the bot sends, and would bring back the message that stands elsewhere.
        nonce = f"{notice.id[:23]}-m" if before else notice.id[:25]
        sent = await self._put(
            notice,
            telling,
            lambda card, file: self._messages.send(channel_id, card, file, nonce=nonce),
            diverted=diverted,
        )
        if before:
            with contextlib.suppress(Refusal, DiscordAway):
                await self._patience.briefly(lambda: self._messages.delete(before))
        shown = _shown_by(notice, sent)
        if before is None and telling.footage is not Footage.COMING and self._may_be_sent(notice):
            # The nonce may have brought back a message that was still on its way, and says that the video follows.
            return await self._show_in(channel_id, shown, telling, diverted=diverted)
        return shown

    def _may_be_sent(self, notice: Notice) -> bool:
        return notice.resumed or notice.id in self._unsure

    async def _put(self, notice: Notice, telling: _Telling, call: Call[Answer], *, diverted: bool) -> Answer:
        """Make a call with the video, else with the picture, else with neither."""
        footage, video = telling.footage, telling.video
        if video:

            def with_video(size: int, file: discord.File) -> Awaitable[Answer]:
                shrunk_from = video.size if size < video.size else None
                return call(alerts.card(notice, Footage.HERE, shrunk_from=shrunk_from, diverted=diverted), file)

            try:
                return await self._upload(notice, video, alerts.filename(notice), with_video)
            except DoesNotFit as error:
                log.info("a notice comes without its video: %s", error.why)
                footage = Footage.TOO_LARGE
        if telling.picture:
            pictured = alerts.card(notice, footage, pictured=True, diverted=diverted)
            with contextlib.suppress(DoesNotFit):
                return await self._upload(
                    notice, telling.picture, alerts.picture_name(notice), lambda _, file: call(pictured, file)
                )
        bare = alerts.card(notice, footage, diverted=diverted)
        return await self._patience.text(lambda: call(bare, None))

    async def _upload(
        self, notice: Notice, media: Media, name: str, call: Callable[[int, discord.File], Awaitable[Answer]]
    ) -> Answer:
        _, answer = await self._uploads.put(media, DM_LIMIT, call, name=name, caption=alerts.caption(notice))
        return answer

    async def _telling(self, notice: Notice, footage: Footage, video: Path | None, picture: Path | None) -> _Telling:
        film = Video(video, await _size(video), self._shrinker) if video and footage is Footage.HERE else None
        still = Picture(picture, await _size(picture)) if picture else None
        return _Telling(footage, self._checked(notice, film), self._checked(notice, still))

    def _checked(self, notice: Notice, media: Media | None) -> Media | None:
        """Return what is shown so that leave to see it has a last word, where the camera is somebody else's."""
        return Lent(media, lambda: self._check(notice)) if media and notice.head.lent else media

    async def _check(self, notice: Notice) -> None:
        head = notice.head
        if head.camera is None or not await self._standing.may_hear(
            head.user_id,
            head.guild_id,
            owner_id=head.owner_id,
            account_id=head.account_id,
            camera=head.camera,
            moments=[head.happened_at],
        ):
            raise _TakenBack

    async def _direct(self, notice: Notice) -> int:
        channel = await self._patience.text(lambda: self._line.direct(notice.user_id))
        return channel.id


def _message_of(notice: Notice) -> Sent | None:
    if notice.channel_id is None or notice.message_id is None:
        return None
    return Sent(notice.channel_id, notice.message_id)


def _shown_by(notice: Notice, sent: Sent) -> Notice:
    return replace(notice, channel_id=sent.channel_id, message_id=sent.message_id)


async def _size(path: Path) -> int:
    return (await asyncio.to_thread(path.stat)).st_size


def _smaller(video: Path) -> Iterator[Path]:
    """Yield the versions that were made of a video to fit a place."""
    return video.parent.glob(f"{glob.escape(video.stem)}.*{video.suffix}")
