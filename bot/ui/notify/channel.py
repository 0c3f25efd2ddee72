"""The channel that somebody chooses for alerts: one of this server, in which both they and the bot may write."""

from typing import Any, TypeAlias

import discord
from discord import AppCommandOptionType, ChannelType, app_commands

from bot.models import Channel
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


async def prepare(interaction: Interaction, chosen: Chosen) -> Channel | Card:
    """Announce this person's alerts in a channel and return it, or return the answer if they cannot come there."""
    client, guild_id = interaction.client, interaction.guild_id
    if guild_id is None or isinstance(chosen, discord.Object) or chosen.type not in _TYPES:
        return words.no_such_channel()
    if await client.services.accounts.account(interaction.user.id) is None:
        return with_link(interaction, words.only_own_in_channels())
    may = chosen.permissions
    in_thread = isinstance(chosen, app_commands.AppCommandThread)
    if not may.view_channel or not (may.send_messages_in_threads if in_thread else may.send_messages):
        return words.you_may_not_post(chosen.id)
    try:
        found = await client.fetch_channel(chosen.id)
        if not isinstance(found, discord.TextChannel | discord.Thread) or found.guild.id != guild_id:
            return words.no_such_channel()
        await found.send(content(words.come_here(interaction.user.id)))
    except (discord.Forbidden, discord.NotFound):
        return words.i_may_not_post(chosen.id)
    except (discord.DiscordException, *UNCLEAR):
        return words.could_not_post(chosen.id)
    return Channel(guild_id, chosen.id)
