"""The calls that show a card: by the interaction's token, by the bot itself, or as a direct message."""

import contextlib
from collections.abc import Awaitable, Callable, Generator, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar, cast

import discord

from bot.clips import Reply
from bot.wording import Card
from bot.wording.render import embed, view

from .knocking import Knocking
from .steady import log

_MARGIN = timedelta(seconds=5)
_TOO_LARGE = {40005, 50045}
_DMS_CLOSED = {50007, 50278}
_TOO_FAST = 40003
_LOST = {10003, 10008, 50001}  # no such channel, no such message, no access: not for any of our ways
_MOST_LOST = 1000
_NEWEST = 20

Answer = TypeVar("Answer")
Place = tuple[int, int | str | None]  # the channel, and the message (or the token of its interaction)
Files = Sequence[discord.File] | None
"""What a message's files are replaced by; None leaves them as they are."""


class Refusal(Exception):
    """Discord will not show it in this place; `code` is Discord's, where it was asked."""

    def __init__(self, reason: str = "", *, code: int | None = None) -> None:
        super().__init__(reason)
        self.code = code


class FileTooLarge(Refusal):
    """Discord will not take a file of this size in this place."""


class DmsClosed(Refusal):
    """This person takes no direct messages from us."""


class Line:
    """Speaks through whichever client is logged in now; a new one replaces it after a failed connect."""

    def __init__(self, *, now: Callable[[], datetime]) -> None:
        self._client: discord.Client | None = None
        self._now = now
        self._knocking = Knocking()
        self._lost: dict[Place, None] = {}

    def connect(self, client: discord.Client) -> None:
        """Speak through `client` from now on; it need only be logged in."""
        self._client = client

    async def edit_by_token(self, reply: Reply, card: Card, files: Files = None) -> None:
        """Edit the reply as the interaction's own; raises Refusal."""
        webhook, parts = self._webhook(reply), _parts(card, files)
        await self._in_place(reply, lambda: webhook.edit_message(_id(reply), **parts))

    async def find(self, reply: Reply) -> Reply | None:
        """Return the reply as Discord has it, or unchanged where Discord does not tell; None where there is none."""
        try:
            with _understood():
                message = await self._webhook(reply).fetch_message(_id(reply))
        except Refusal:
            return reply
        except discord.NotFound:
            return None
        except discord.DiscordServerError:
            raise
        except discord.HTTPException as error:
            if error.status == 429:
                raise ConnectionError("Discord asks for patience") from None
            return reply
        return replace(reply, message_id=message.id, ephemeral=message.flags.ephemeral)

    async def files(self, reply: Reply) -> list[str]:
        """Return the names of the files that the reply holds; raises Refusal."""
        webhook = self._webhook(reply)
        message = await self._in_place(reply, lambda: webhook.fetch_message(_id(reply)))
        return files_of(message.attachments, message.embeds)

    async def edit_by_bot(self, reply: Reply, card: Card, files: Files = None) -> None:
        """Edit the reply as a message of the bot's, which outlives the token; raises Refusal."""
        if reply.ephemeral or not reply.bot_can_edit or reply.message_id is None:
            raise Refusal("only the interaction token can edit this reply")
        channel = self._connected().get_partial_messageable(reply.channel_id, guild_id=reply.guild_id)
        message, parts = channel.get_partial_message(reply.message_id), _parts(card, files)
        await self._in_place(reply, lambda: message.edit(**parts))

    async def send_dm(self, user_id: int, card: Card, file: discord.File | None, *, nonce: str) -> None:
        """Send a direct message, once per `nonce` however often it is called within minutes; raises Refusal."""
        channel, parts = await self._dm(user_id), _new(card, file)
        await _refusable(lambda: channel.send(nonce=nonce, **parts))

    async def has_sent(self, user_id: int, filename: str) -> bool:
        """Say whether the newest direct messages hold this file: nonces are forgotten in minutes; raises Refusal."""
        channel = await self._dm(user_id)

        async def held() -> bool:
            newest = [message async for message in channel.history(limit=_NEWEST)]
            return any(filename in files_of(message.attachments, message.embeds) for message in newest)

        return await _refusable(held)

    async def mention(self, reply: Reply, user_id: int, card: Card, file: discord.File | None, *, nonce: str) -> None:
        """Tell a person in the channel where they asked, in a message of its own; raises Refusal."""
        if reply.ephemeral or not reply.bot_can_edit:
            raise Refusal("what was private is not told in a channel")
        channel = self._connected().get_partial_messageable(reply.channel_id, guild_id=reply.guild_id)
        only = discord.AllowedMentions(users=[discord.Object(user_id)])
        content, parts = f"<@{user_id}>", _new(card, file)
        await _refusable(lambda: channel.send(content, nonce=nonce, allowed_mentions=only, **parts))

    async def _dm(self, user_id: int) -> discord.DMChannel:
        client = self._connected()
        await self._knocking.turn()
        try:
            return await _refusable(lambda: client.create_dm(discord.Object(user_id)))
        except DmsClosed:
            raise
        except Refusal as refusal:
            if refusal.code != _TOO_FAST:
                raise DmsClosed from None
            self._knocking.back_off()
            raise ConnectionError("direct messages are opened too fast") from None

    async def _in_place(self, reply: Reply, call: Callable[[], Awaitable[Answer]]) -> Answer:
        """Make a call about a reply, unless it is known to be lost: Discord bans who asks for that again and again.

        https://docs.discord.com/developers/topics/rate-limits#invalid-request-limit-aka-cloudflare-bans
        """
        place = (reply.channel_id, reply.message_id or reply.token)
        if place in self._lost:
            raise Refusal("the reply is gone")
        try:
            return await _refusable(call)
        except Refusal as refusal:
            if refusal.code in _LOST:
                self._lost[place] = None
                if len(self._lost) > _MOST_LOST:
                    self._lost.pop(next(iter(self._lost)))
            raise

    def _webhook(self, reply: Reply) -> discord.Webhook:
        if reply.token is None or self._now() > reply.expires_at - _MARGIN:
            raise Refusal("the interaction token has expired")
        return discord.Webhook.partial(reply.application_id, reply.token, client=self._connected())

    def _connected(self) -> discord.Client:
        if self._client is None or self._client.is_closed():
            raise ConnectionError("no Discord client is logged in")
        return self._client


def _id(reply: Reply) -> int:
    """Return the reply's id; where the acknowledgement's answer was lost, Discord takes a name for it."""
    return cast("int", reply.message_id or "@original")


def upload(path: Path, name: str, caption: str) -> discord.File:
    """Return a new upload of a file: discord.py sends a used one as an empty file."""
    return discord.File(path, filename=name, description=caption)


def files_of(attachments: Iterable[discord.Attachment], embeds: Iterable[discord.Embed]) -> list[str]:
    """Return the names of a message's files; what an embed shows Discord may list there alone.

    https://github.com/discord/discord-api-docs/issues/4809
    """
    shown = [embed.image.url for embed in embeds if embed.image.url]
    return [*(one.filename for one in attachments), *(url.rpartition("/")[2].partition("?")[0] for url in shown)]


def _parts(card: Card, files: Files) -> dict[str, Any]:
    parts: dict[str, Any] = {"embed": embed(card), "view": view(card)}
    return parts if files is None else parts | {"attachments": list(files)}


def _new(card: Card, file: discord.File | None) -> dict[str, Any]:
    parts: dict[str, Any] = {"embed": embed(card), "view": view(card), "file": file}
    return {name: part for name, part in parts.items() if part is not None}


async def _refusable(call: Callable[[], Awaitable[Answer]]) -> Answer:
    """Make a call; a refusal that a repeat would not change becomes a Refusal."""
    try:
        with _understood():
            return await call()
    except discord.DiscordServerError:
        raise
    except discord.HTTPException as error:
        if error.status == 429 and error.code != _TOO_FAST:
            raise ConnectionError("Discord asks for patience") from None
        log.info("Discord refused: HTTP %s, code %s", error.status, error.code)
        if error.status == 413 or error.code in _TOO_LARGE:
            raise FileTooLarge from None
        if error.code in _DMS_CLOSED:
            raise DmsClosed from None
        raise Refusal(code=error.code) from None


@contextlib.contextmanager
def _understood() -> Generator[None]:
    """Turn what discord.py raises where an answer is no JSON, or is of another form, into a ConnectionError."""
    try:
        yield
    except RuntimeError:  # discord.py repeats on a session that was closed meanwhile
        raise ConnectionError("the client was closed meanwhile") from None
    except (TypeError, ValueError, LookupError, AttributeError) as error:
        log.warning("Discord's answer is not understood: %s", type(error).__name__)
        raise ConnectionError("Discord's answer is not understood") from None
