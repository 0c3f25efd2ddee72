"""The calls that show a card: by the interaction's token, by the bot itself, or as a direct message."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import TypeVar, cast

import discord

from bot.models import Reply
from bot.wording import Card

from .knocking import Knocking
from .parts import Files, edited, files_of, new
from .refusals import TOO_FAST, DmsClosed, Refusal, refusable

_MARGIN = timedelta(seconds=5)
_LOST = {10003, 10008, 50001}  # no such channel, no such message, no access: not for any of our ways
_MOST_LOST = 1000
_MOST_OPEN = 1000
_NEWEST = 20

Answer = TypeVar("Answer")
Place = tuple[int, int | str | None]  # the channel, and the message (or the token of its interaction)


class Line:
    """Speaks through whichever client is logged in now; a new one replaces it after a failed connect."""

    def __init__(self, *, now: Callable[[], datetime]) -> None:
        self._client: discord.Client | None = None
        self._now = now
        self._knocking = Knocking()
        self._lost: dict[Place, None] = {}
        self._open: dict[int, discord.DMChannel] = {}

    def connect(self, client: discord.Client) -> None:
        """Speak through `client` from now on; it need only be logged in."""
        self._client = client
        self._open.clear()  # they speak through the one before

    async def edit_by_token(self, reply: Reply, card: Card, files: Files = None) -> None:
        """Edit the reply as the interaction's own; raises Refusal."""
        webhook, parts = self._webhook(reply), edited(card, files)
        await self._in_place(reply, lambda: webhook.edit_message(_id(reply), **parts))

    async def find(self, reply: Reply) -> discord.WebhookMessage | None:
        """Return the reply's message, or None if there is none; raises Refusal if Discord no longer tells."""
        webhook = self._webhook(reply)

        async def found() -> discord.WebhookMessage | None:
            try:
                return await webhook.fetch_message(_id(reply))
            except discord.NotFound:
                return None

        return await refusable(found)

    async def files(self, reply: Reply) -> list[str]:
        """Return the names of the files that the reply holds; raises Refusal."""
        webhook = self._webhook(reply)
        message = await self._in_place(reply, lambda: webhook.fetch_message(_id(reply)))
        return files_of(message.attachments, message.embeds)

    async def edit_by_bot(self, reply: Reply, card: Card, files: Files = None) -> None:
        """Edit the reply as a message of the bot's, which outlives the token; raises Refusal."""
        if reply.ephemeral or not reply.bot_can_edit or reply.message_id is None:
            raise Refusal("only the interaction token can edit this reply")
        channel = self.connected().get_partial_messageable(reply.channel_id, guild_id=reply.guild_id)
        message, parts = channel.get_partial_message(reply.message_id), edited(card, files)
        await self._in_place(reply, lambda: message.edit(**parts))

    async def send_dm(self, user_id: int, card: Card, file: discord.File | None, *, nonce: str) -> None:
        """Send a direct message, once per `nonce` however often it is called within minutes; raises Refusal."""
        channel, parts = await self.direct(user_id), new(card, file)
        await refusable(lambda: channel.send(nonce=nonce, **parts))

    async def has_sent(self, user_id: int, filename: str) -> bool:
        """Say whether the newest direct messages hold this file: nonces are forgotten in minutes; raises Refusal."""
        channel = await self.direct(user_id)

        async def held() -> bool:
            newest = [message async for message in channel.history(limit=_NEWEST)]
            return any(filename in files_of(message.attachments, message.embeds) for message in newest)

        return await refusable(held)

    async def mention(self, reply: Reply, user_id: int, card: Card, file: discord.File | None, *, nonce: str) -> None:
        """Tell a person in the channel where they asked, in a message of its own; raises Refusal."""
        if reply.ephemeral or not reply.bot_can_edit:
            raise Refusal("what was private is not told in a channel")
        channel = self.connected().get_partial_messageable(reply.channel_id, guild_id=reply.guild_id)
        only = discord.AllowedMentions(users=[discord.Object(user_id)])
        content, parts = f"<@{user_id}>", new(card, file)
        await refusable(lambda: channel.send(content, nonce=nonce, allowed_mentions=only, **parts))

    async def direct(self, user_id: int) -> discord.DMChannel:
        """Open a person's direct messages, unless they are open; raises Refusal."""
        client = self.connected()
        if channel := self._open.get(user_id):
            return channel
        await self._knocking.turn()
        try:
            channel = await refusable(lambda: client.create_dm(discord.Object(user_id)))
        except DmsClosed:
            raise
        except Refusal as refusal:
            if refusal.code != TOO_FAST:
                raise DmsClosed from None
            self._knocking.back_off()
            raise ConnectionError("direct messages are opened too fast") from None
        if self._client is client:
            self._open[user_id] = channel
            if len(self._open) > _MOST_OPEN:
                self._open.pop(next(iter(self._open)))
        return channel

    async def _in_place(self, reply: Reply, call: Callable[[], Awaitable[Answer]]) -> Answer:
        """Make a call about a reply, unless it is known to be lost: Discord bans who asks for that again and again.

        https://docs.discord.com/developers/topics/rate-limits#invalid-request-limit-aka-cloudflare-bans
        """
        place = (reply.channel_id, reply.message_id or reply.token)
        if place in self._lost:
            raise Refusal("the reply is gone")
        try:
            return await refusable(call)
        except Refusal as refusal:
            if refusal.code in _LOST:
                self._lost[place] = None
                if len(self._lost) > _MOST_LOST:
                    self._lost.pop(next(iter(self._lost)))
            raise

    def _webhook(self, reply: Reply) -> discord.Webhook:
        if reply.token is None or self._now() > reply.expires_at - _MARGIN:
            raise Refusal("the interaction token has expired")
        return discord.Webhook.partial(reply.application_id, reply.token, client=self.connected())

    def connected(self) -> discord.Client:
        """Return the client to speak through; raises ConnectionError where none is logged in."""
        if self._client is None or self._client.is_closed():
            raise ConnectionError("no Discord client is logged in")
        return self._client


def _id(reply: Reply) -> int:
    """Return the reply's id; where the acknowledgement's answer was lost, Discord takes a name for it."""
    return cast("int", reply.message_id or "@original")
