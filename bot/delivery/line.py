"""The calls that show a card: by the interaction's token, by the bot itself, or as a direct message."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, cast

import discord

from bot.clips import Reply
from bot.wording import Card
from bot.wording.render import embed, view

from .steady import log

_MARGIN = timedelta(seconds=5)
_TOO_LARGE = {40005, 50045}
_DMS_CLOSED = {50007, 50278}
_NEWEST = 20

Files = Sequence[discord.File] | None
"""What a message's files are replaced by; None leaves them as they are."""


class Refusal(Exception):
    """Discord will not show it in this place."""


class FileTooLarge(Refusal):
    """Discord will not take a file of this size in this place."""


class DmsClosed(Refusal):
    """This person takes no direct messages from us."""


class Line:
    """Speaks through whichever client is logged in now; a new one replaces it after a failed connect."""

    def __init__(self, *, now: Callable[[], datetime]) -> None:
        self._client: discord.Client | None = None
        self._now = now

    def connect(self, client: discord.Client) -> None:
        """Speak through `client` from now on; it need only be logged in."""
        self._client = client

    async def edit_by_token(self, reply: Reply, card: Card, files: Files = None) -> None:
        """Edit the reply as the interaction's own; raises Refusal."""
        webhook = self._webhook(reply)
        await _refusable(lambda: webhook.edit_message(_id(reply), **_parts(card, files)))

    async def find(self, reply: Reply) -> Reply | None:
        """Return the reply with what Discord knows of it, as it is where its token opens nothing more, else None."""
        try:
            message = await self._webhook(reply).fetch_message(_id(reply))
        except Refusal:
            return reply
        except discord.NotFound:
            return None
        except discord.HTTPException as error:
            if error.status == 401:
                return reply
            raise
        return replace(reply, message_id=message.id, ephemeral=message.flags.ephemeral)

    async def files(self, reply: Reply) -> list[str]:
        """Return the names of the files that the reply holds; raises Refusal."""
        webhook = self._webhook(reply)
        message = await _refusable(lambda: webhook.fetch_message(_id(reply)))
        return [attachment.filename for attachment in message.attachments]

    async def edit_by_bot(self, reply: Reply, card: Card, files: Files = None) -> None:
        """Edit the reply as a message of the bot's, which outlives the token; raises Refusal."""
        if reply.ephemeral or not reply.bot_can_edit or reply.message_id is None:
            raise Refusal("only the interaction token can edit this reply")
        channel = self._connected().get_partial_messageable(reply.channel_id, guild_id=reply.guild_id)
        message = channel.get_partial_message(reply.message_id)
        await _refusable(lambda: message.edit(**_parts(card, files)))

    async def send_dm(self, user_id: int, card: Card, file: discord.File | None, *, nonce: str) -> None:
        """Send a direct message, once per `nonce` however often it is called within minutes; raises Refusal."""
        channel = await self._dm(user_id)
        await _refusable(lambda: channel.send(nonce=nonce, **_new(card, file)))

    async def has_sent(self, user_id: int, filename: str) -> bool:
        """Say whether the newest direct messages hold this file: nonces are forgotten in minutes; raises Refusal."""
        channel = await self._dm(user_id)

        async def held() -> bool:
            newest = [message async for message in channel.history(limit=_NEWEST)]
            return any(file.filename == filename for message in newest for file in message.attachments)

        return await _refusable(held)

    async def mention(self, reply: Reply, user_id: int, card: Card, file: discord.File | None, *, nonce: str) -> None:
        """Tell a person in the channel where they asked, in a message of its own; raises Refusal."""
        if reply.ephemeral or not reply.bot_can_edit:
            raise Refusal("what was private is not told in a channel")
        channel = self._connected().get_partial_messageable(reply.channel_id, guild_id=reply.guild_id)
        only = discord.AllowedMentions(users=[discord.Object(user_id)])
        content = f"<@{user_id}>"
        await _refusable(lambda: channel.send(content, nonce=nonce, allowed_mentions=only, **_new(card, file)))

    async def _dm(self, user_id: int) -> discord.DMChannel:
        client = self._connected()
        return await _refusable(lambda: client.create_dm(discord.Object(user_id)), opening_dm=True)

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


def _parts(card: Card, files: Files) -> dict[str, Any]:
    parts: dict[str, Any] = {"embed": embed(card), "view": view(card)}
    return parts if files is None else parts | {"attachments": list(files)}


def _new(card: Card, file: discord.File | None) -> dict[str, Any]:
    parts: dict[str, Any] = {"embed": embed(card), "view": view(card), "file": file}
    return {name: part for name, part in parts.items() if part is not None}


async def _refusable(call: Callable[[], Any], *, opening_dm: bool = False) -> Any:
    """Make a call; a refusal that a repeat would not change becomes a Refusal."""
    try:
        return await call()
    except discord.DiscordServerError:
        raise
    except discord.HTTPException as error:
        if error.status == 429:
            raise ConnectionError("Discord asks for patience") from None
        log.info("Discord refused: HTTP %s, code %s", error.status, error.code)
        if error.status == 413 or error.code in _TOO_LARGE:
            raise FileTooLarge from None
        if error.code in _DMS_CLOSED or (opening_dm and error.code != 40003):
            raise DmsClosed from None
        if opening_dm:
            raise ConnectionError("direct messages are opened too fast") from None
        raise Refusal from None
