"""The calls that show a card: by the interaction's token, by the bot itself, or as a direct message."""

from collections.abc import Callable
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

    async def edit_by_token(self, reply: Reply, card: Card, video: discord.File | None = None) -> None:
        """Edit the reply as the interaction's own; raises Refusal."""
        webhook = self._webhook(reply)
        await _refusable(lambda: webhook.edit_message(_id(reply), **_parts(card, video)))

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

    async def edit_by_bot(self, reply: Reply, card: Card, video: discord.File | None = None) -> None:
        """Edit the reply as a message of the bot's, which outlives the token; raises Refusal."""
        if reply.ephemeral or not reply.bot_can_edit or reply.message_id is None:
            raise Refusal("only the interaction token can edit this reply")
        channel = self._connected().get_partial_messageable(reply.channel_id, guild_id=reply.guild_id)
        message = channel.get_partial_message(reply.message_id)
        await _refusable(lambda: message.edit(**_parts(card, video)))

    async def send_dm(self, user_id: int, card: Card, video: discord.File | None, *, nonce: str) -> None:
        """Send a direct message, once per `nonce` however often it is called within minutes; raises Refusal."""
        client = self._connected()
        channel = await _refusable(lambda: client.create_dm(discord.Object(user_id)), opening_dm=True)
        parts: dict[str, Any] = {"embed": embed(card), "nonce": nonce}
        if buttons := view(card):
            parts["view"] = buttons
        if video:
            parts["file"] = video
        await _refusable(lambda: channel.send(**parts))

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


def video_file(path: Path, name: str, caption: str) -> discord.File:
    """Return a new upload of a video: discord.py sends a used one as an empty file."""
    return discord.File(path, filename=name, description=caption)


def _parts(card: Card, video: discord.File | None) -> dict[str, Any]:
    parts: dict[str, Any] = {"embed": embed(card), "view": view(card)}
    return parts | {"attachments": [video]} if video else parts


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
