"""The channel that somebody chooses for alerts: one of this server, in which both they and the bot may write."""

from typing import Any, TypeAlias

import discord
from discord import AppCommandOptionType, ChannelType, app_commands

from bot.models import AlertPlace, Channel
from bot.ui.permissions import with_link
from bot.ui.replies import UNCLEAR
from bot.ui.services import Interaction
from bot.wording import Card
from bot.wording import notify as words
from bot.wording.cards import content

Chosen: TypeAlias = app_commands.AppCommandChannel | app_commands.AppCommandThread | discord.Object

_TYPES = [
    ChannelType.text,
    ChannelType.news,
    ChannelType.public_thread,
    ChannelType.private_thread,
    ChannelType.news_thread,
]


class Channels(app_commands.Transformer):
    """An option for a channel to write in; `prepare` handles an id that came without a channel.

    discord.py's own transformers look channels up in a cache that is empty without the intent for servers.
    """

    @property
    def type(self) -> AppCommandOptionType:
        """The type of this option for Discord."""
        return AppCommandOptionType.channel

    @property
    def channel_types(self) -> list[ChannelType]:
        """The types of the channels that Discord offers."""
        return _TYPES

    async def transform(self, interaction: discord.Interaction[Any], value: Chosen, /) -> Chosen:
        """Return the value as it came."""
        return value


async def prepare(
    interaction: Interaction,
    chosen: Chosen,
    *,
    camera: str | None = None,
    role: discord.Role | None = None,
    begun: bool = True,
) -> AlertPlace | Card:
    """Announce the alerts of this person's `camera`, or of all, in a channel and return it as their place.

    `begun` is whether they get any of their own cameras. Returns the answer if the alerts cannot come there, or if the
    `role` cannot be mentioned there.
    """
    client, guild_id = interaction.client, interaction.guild_id
    if guild_id is None or isinstance(chosen, discord.Object) or chosen.type not in _TYPES:
        return words.NO_SUCH_CHANNEL
    if await client.services.accounts.account(interaction.user.id) is None:
        return with_link(interaction, words.ONLY_OWN_IN_CHANNELS)
    if role is not None and role.is_default():
        return words.NOT_EVERYBODY
    may = chosen.permissions
    in_thread = isinstance(chosen, app_commands.AppCommandThread)
    if not may.view_channel or not (may.send_messages_in_threads if in_thread else may.send_messages):
        return words.you_may_not_post(chosen.id)
    place = AlertPlace(Channel(guild_id, chosen.id), role.id if role else None)
    try:
        found = await client.fetch_channel(chosen.id)
        if not isinstance(found, discord.TextChannel | discord.Thread) or found.guild.id != guild_id:
            return words.NO_SUCH_CHANNEL
        if refused := await _refused(interaction, place):
            return refused
        await found.send(content(words.come_here(interaction.user.id, camera, begun=begun)), suppress_embeds=True)
    except (discord.Forbidden, discord.NotFound):
        return words.i_may_not_post(chosen.id)
    except (discord.DiscordException, *UNCLEAR):
        return words.could_not_post(chosen.id)
    return place


async def _refused(interaction: Interaction, place: AlertPlace) -> Card | None:
    """Return why alerts cannot come to a place now, or why its role cannot be mentioned; None if nothing is missing."""
    posting = await interaction.client.services.posting(interaction.user.id, place)
    channel_id = place.channel.channel_id
    if not posting.sure:
        return words.could_not_post(channel_id)
    if posting.bot_lacks:
        return words.i_may_not_post(channel_id, posting.bot_lacks)
    if posting.person_lacks:
        return words.you_may_not_post(channel_id, posting.person_lacks)
    if place.role_id is not None and not posting.mentions:
        return words.role_is_silent(place.role_id)
    return None
