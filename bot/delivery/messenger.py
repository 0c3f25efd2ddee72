"""Sends or edits one message: by the interaction's token, as the bot itself, directly to a person, or in a channel."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Callable, Generator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, cast

import discord

from bot.caching import BoundedCache
from bot.models import Reply
from bot.wording import Card, any_command
from bot.wording.cards import content, custom_ids_of, files_of, layout, view

from .attachments import Attachment, opened
from .retry import DMS_OPENED_TOO_FAST, DeliveryRefused, DiscordUnavailable, DmsClosed, translate_errors

_MARGIN = timedelta(seconds=5)
_LOST = {10003, 10008, 50001}  # no such channel, no such message, no access: no way leads to the reply
_MOST_LOST = 1000
_MOST_OPEN = 1000
_NEWEST_DMS = 20
_NEWEST = 200  # two requests
_LONGEST = 5.0  # seconds


class DmRateLimiter:
    """Allows one direct message to be opened each `apart` seconds, and none for `too_fast` after Discord complains.

    Discord watches for bots that write to many people at once:
    https://docs.discord.com/developers/resources/user#create-dm
    """

    def __init__(self, *, apart: float = 0.3, too_fast: float = 120.0) -> None:
        self._apart = apart
        self._too_fast = too_fast
        self._next = 0.0

    async def turn(self) -> None:
        """Wait for the next turn. Raises DiscordUnavailable if that is far away."""
        now = asyncio.get_running_loop().time()
        wait = self._next - now
        if wait > _LONGEST:
            raise DiscordUnavailable("direct messages are not opened for a while")
        self._next = max(self._next, now) + self._apart
        await asyncio.sleep(max(0.0, wait))

    def back_off(self) -> None:
        """Open none for a while: Discord says that they are opened too fast (40003)."""
        self._next = asyncio.get_running_loop().time() + self._too_fast


@contextlib.asynccontextmanager
async def new(card: Card, file: Attachment | None, **others: Any) -> AsyncGenerator[dict[str, Any]]:
    """Hold the arguments that make a direct message or an alert, in which Discord previews no address."""
    buttons = view(card)
    async with opened(file) as uploads:
        drawn_as = {"content": content(card), "suppress_embeds": True, **others}
        yield drawn_as | ({"view": buttons} if buttons else {}) | ({"files": uploads} if uploads else {})


def mentioning(*, user_id: int | None = None, role_id: int | None = None) -> discord.AllowedMentions:
    """Let a new message mention this person or this role, and nobody else."""
    only = discord.AllowedMentions.none()
    only.users = [discord.Object(user_id)] if user_id else False
    only.roles = [discord.Object(role_id)] if role_id else False
    return only


@dataclass(frozen=True, slots=True)
class SentMessage:
    """A message that the bot has sent."""

    channel_id: int
    message_id: int


class Messenger:
    """Speaks through the client that is logged in; a new one replaces it after a failed connect.

    Each call raises DiscordUnavailable or DeliveryRefused. A message with a nonce is sent once, however often it is
    tried within minutes.
    """

    def __init__(self, *, now: Callable[[], datetime]) -> None:
        self._client: discord.Client | None = None
        self._command_ids: Mapping[str, int] = {}
        self._now = now
        self._dm_rate_limiter = DmRateLimiter()
        # By the channel, and the message or the token of its interaction.
        self._lost = BoundedCache[tuple[int, int | str | None], bool](most=_MOST_LOST)
        self._open_dms = BoundedCache[int, discord.DMChannel](most=_MOST_OPEN)

    def connect(self, client: discord.Client, command_ids: Mapping[str, int]) -> None:
        """Speak through `client`, which need only be logged in; replies name its commands by these ids."""
        self._client = client
        self._command_ids = command_ids  # the client fills them in later
        self._open_dms.clear()  # they speak through the previous client

    def client(self) -> discord.Client:
        """Return the client to speak through."""
        if self._client is None or self._client.is_closed():
            raise DiscordUnavailable("no client is logged in")
        return self._client

    async def edit_by_token(
        self, reply: Reply, card: Card, file: Attachment | None = None, *, keep_files: bool = False
    ) -> None:
        """Edit the reply as the interaction's own."""
        webhook = self._webhook(reply)
        async with self._drawn(reply, card, file, keep_files=keep_files) as payload:
            await webhook.edit_message(_id(reply), **payload)

    async def edit_by_bot(
        self, reply: Reply, card: Card, file: Attachment | None = None, *, keep_files: bool = False
    ) -> None:
        """Edit the reply as a message of the bot, which works after the token has expired."""
        message = self._as_bot(reply)
        async with self._drawn(reply, card, file, keep_files=keep_files) as payload:
            await message.edit(**payload)

    async def find_reply(self, reply: Reply) -> discord.WebhookMessage | None:
        """Return the reply's message. Returns None if there is none."""
        webhook = self._webhook(reply)
        with translate_errors():
            try:
                return await webhook.fetch_message(_id(reply))
            except discord.NotFound:
                return None

    async def files_of_reply(self, reply: Reply) -> list[str]:
        """Return the names of the reply's files. Raises DeliveryRefused if neither token nor bot can read it."""
        with self._unless_lost(reply):
            try:
                webhook = self._webhook(reply)
                with translate_errors():
                    return files_of(await webhook.fetch_message(_id(reply)))
            except DeliveryRefused as refusal:  # mostly since the token has expired, after which the bot can still edit
                if refusal.code in _LOST:
                    raise
            message = self._as_bot(reply)
            with translate_errors():
                return files_of(await message.fetch())

    async def send_dm(self, user_id: int, card: Card, file: Attachment | None = None, *, nonce: str) -> None:
        """Send a direct message."""
        channel = await self.open_dm(user_id)
        async with new(card, file, nonce=nonce) as payload:
            await channel.send(**payload)

    async def has_sent(self, user_id: int, filename: str) -> bool:
        """Say whether the newest direct messages hold a file; needed because Discord forgets nonces in minutes."""
        channel = await self.open_dm(user_id)
        with translate_errors():
            newest = [message async for message in channel.history(limit=_NEWEST_DMS)]
            return any(filename in files_of(message) for message in newest)

    async def open_dm(self, user_id: int) -> discord.DMChannel:
        """Open a person's direct messages, unless they are open."""
        client = self.client()
        if channel := self._open_dms.get(user_id):
            return channel
        await self._dm_rate_limiter.turn()
        try:
            with translate_errors():
                channel = await client.create_dm(discord.Object(user_id))
        except DmsClosed:
            raise
        except DeliveryRefused as refusal:
            if refusal.code != DMS_OPENED_TOO_FAST:
                raise DmsClosed from None
            self._dm_rate_limiter.back_off()
            raise DiscordUnavailable("direct messages are opened too fast") from None
        if self._client is client:
            self._open_dms.put(user_id, channel)
        return channel

    async def mention(
        self, reply: Reply, user_id: int, card: Card, file: Attachment | None = None, *, nonce: str
    ) -> None:
        """Send a message that mentions a person to the channel of their command."""
        if reply.ephemeral or not reply.bot_can_edit:
            raise DeliveryRefused("a private reply is not repeated in a channel")
        channel = self.client().get_partial_messageable(reply.channel_id, guild_id=reply.guild_id)
        card = replace(card, title=f"<@{user_id}> {card.title}")
        async with new(card, file, nonce=nonce, allowed_mentions=mentioning(user_id=user_id)) as payload:
            await channel.send(**payload)

    async def send(self, channel_id: int, card: Card, file: Attachment | None = None, *, nonce: str) -> SentMessage:
        """Send a message to a channel or to open direct messages."""
        channel, allowed = self._channel(channel_id), mentioning(role_id=card.mention)
        async with new(card, file, nonce=nonce, allowed_mentions=allowed) as payload:
            message = await channel.send(**payload)
        return SentMessage(channel_id, message.id)

    async def edit(self, sent: SentMessage, card: Card, file: Attachment | None = None) -> SentMessage:
        """Change a message that `send` has sent, and return it."""
        message, text, buttons = self._message(sent), content(card), view(card)
        async with opened(file) as uploads:
            await message.edit(content=text, embeds=[], view=buttons, attachments=uploads)
        return sent

    async def delete(self, sent: SentMessage) -> None:
        """Delete a message that `send` has sent."""
        message = self._message(sent)
        with translate_errors():
            await message.delete()

    async def find(self, channel_id: int, custom_id: str, *, since: datetime) -> SentMessage | None:
        """Return the bot's message with this button, among a channel's newest that are not older than `since`.

        Returns None if there is none.
        """
        client, channel = self.client(), self._channel(channel_id)
        with translate_errors():
            async for message in channel.history(limit=_NEWEST):
                if message.created_at < since:
                    return None
                if client.user and message.author.id == client.user.id and custom_id in custom_ids_of(message):
                    return SentMessage(channel_id, message.id)
        return None

    @contextlib.asynccontextmanager
    async def _drawn(
        self, reply: Reply, card: Card, file: Attachment | None, *, keep_files: bool
    ) -> AsyncGenerator[dict[str, Any]]:
        """Hold the arguments that draw a card in place of all that a reply shows, also of an embed of before.

        Discord refuses a reply that names a file which is not there. `keep_files` keeps those that the card names.
        """
        if file is None and not keep_files:
            card = replace(card, thumbnail=None, images=(), download=None)
        captions = {one.name: one.caption for one in (file, *file.others)} if file else {}
        shown = layout(any_command.with_clickable(card, self._command_ids), captions=captions)
        kept = file is None and (card.thumbnail or card.images or card.download)
        with self._unless_lost(reply):
            async with opened(file) as uploads:
                yield {"content": None, "embeds": [], "view": shown} | ({} if kept else {"attachments": uploads})

    @contextlib.contextmanager
    def _unless_lost(self, reply: Reply) -> Generator[None]:
        """Make no call about a reply that is known to be gone: Discord bans bots that ask for it again and again.

        https://docs.discord.com/developers/topics/rate-limits#invalid-request-limit-aka-cloudflare-bans
        """
        key = (reply.channel_id, reply.message_id or reply.token)
        if self._lost.get(key):
            raise DeliveryRefused("the reply is gone")
        try:
            yield
        except DeliveryRefused as refusal:
            if refusal.code in _LOST:
                self._lost.put(key, True)
            raise

    def _webhook(self, reply: Reply) -> discord.Webhook:
        if reply.token is None or self._now() > reply.expires_at - _MARGIN:
            raise DeliveryRefused("the interaction token has expired")
        return discord.Webhook.partial(reply.application_id, reply.token, client=self.client())

    def _as_bot(self, reply: Reply) -> discord.PartialMessage:
        if reply.ephemeral or not reply.bot_can_edit or reply.message_id is None:
            raise DeliveryRefused("this reply is only within reach of the interaction token")
        channel = self.client().get_partial_messageable(reply.channel_id, guild_id=reply.guild_id)
        return channel.get_partial_message(reply.message_id)

    def _channel(self, channel_id: int) -> discord.PartialMessageable:
        return self.client().get_partial_messageable(channel_id)

    def _message(self, sent: SentMessage) -> discord.PartialMessage:
        return self._channel(sent.channel_id).get_partial_message(sent.message_id)


def _id(reply: Reply) -> int:
    """Return the reply's id or, if the answer to the acknowledgement was lost, the name that Discord takes for it."""
    return cast("int", reply.message_id or "@original")
