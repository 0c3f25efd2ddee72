"""The bot's own messages in channels and direct messages: sent, edited, deleted, and found again."""

from dataclasses import dataclass
from datetime import datetime

import discord

from bot.wording import Card

from .line import Line
from .parts import Files, edited, new
from .refusals import refusable

_NEWEST = 200  # two requests


@dataclass(frozen=True, slots=True)
class Sent:
    """A message of the bot's."""

    channel_id: int
    message_id: int


class Messages:
    """Speaks through a line; every call raises Refusal."""

    def __init__(self, line: Line) -> None:
        self._line = line

    async def send(self, channel_id: int, card: Card, file: discord.File | None, *, nonce: str) -> Sent:
        """Send a message, once per `nonce` however often it is called within minutes."""
        channel, parts = self._channel(channel_id), new(card, file)
        message = await refusable(lambda: channel.send(nonce=nonce, **parts))
        return Sent(channel_id, message.id)

    async def edit(self, sent: Sent, card: Card, files: Files) -> None:
        """Change a message."""
        message, parts = self._message(sent), edited(card, files)
        await refusable(lambda: message.edit(**parts))

    async def delete(self, sent: Sent) -> None:
        """Delete a message."""
        message = self._message(sent)
        await refusable(message.delete)

    async def find(self, channel_id: int, custom_id: str, *, since: datetime) -> Sent | None:
        """Return the bot's message with this button among the newest of a channel that are no older than `since`."""
        client, channel = self._line.connected(), self._channel(channel_id)

        async def found() -> Sent | None:
            async for message in channel.history(limit=_NEWEST):
                if message.created_at < since:
                    return None
                if client.user and message.author.id == client.user.id and custom_id in _custom_ids(message):
                    return Sent(channel_id, message.id)
            return None

        return await refusable(found)

    def _channel(self, channel_id: int) -> discord.PartialMessageable:
        return self._line.connected().get_partial_messageable(channel_id)

    def _message(self, sent: Sent) -> discord.PartialMessage:
        return self._channel(sent.channel_id).get_partial_message(sent.message_id)


def _custom_ids(message: discord.Message) -> set[str | None]:
    rows = [row for row in message.components if isinstance(row, discord.ActionRow)]
    return {child.custom_id for row in rows for child in row.children}
