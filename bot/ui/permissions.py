"""The person who uses the bot, and where, as their interaction describes it: the bot keeps no cache of members."""

from collections.abc import Sequence
from dataclasses import replace

import discord

from bot.models import Guest, Right, Share
from bot.wording import Card
from bot.wording import account as words
from bot.wording.custom_ids import link_own

from .services import Interaction


def guest_of(interaction: Interaction) -> Guest:
    """Return the person, their server, and the roles that they have there now."""
    member = interaction.user
    if interaction.guild_id is None or not isinstance(member, discord.Member):
        return Guest(member.id)
    # `Member.roles` returns only roles in discord.py's cache, which is empty without the intent.
    roles = frozenset(member._roles)  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
    return Guest(member.id, interaction.guild_id, roles)


def is_administrator(interaction: Interaction) -> bool:
    """Say whether this person manages this server, by the permissions that Discord sends with each interaction."""
    return interaction.guild_id is not None and (
        interaction.permissions.administrator or interaction.permissions.manage_guild
    )


def is_bot_dm(interaction: Interaction) -> bool:
    """Say whether this happens in the direct messages between a person and the bot."""
    return interaction.guild_id is None and not interaction.context.private_channel


async def shares_of(interaction: Interaction, right: Right | None = None) -> list[Share]:
    """Return the shares by which this person may use others' cameras here and now; may raise StorageUnavailable."""
    return await interaction.client.services.shares.open_to(guest_of(interaction), right)


async def not_linked(interaction: Interaction) -> Card:
    """Return the answer for somebody without a link, with what others let them do; raises StorageUnavailable."""
    return without_link(interaction, await shares_of(interaction))


def without_link(interaction: Interaction, shares: Sequence[Share]) -> Card:
    """Return the answer for somebody without a link, who may use `shares` here and now."""
    return with_link(interaction, words.not_linked(frozenset(right for one in shares for right in one.rights)))


def with_link(interaction: Interaction, card: Card) -> Card:
    """Return a card with a button to link one's account; if the bot has no page, with what its host can do."""
    user_id = interaction.user.id
    if interaction.client.services.public_url is None:
        return replace(card, text=f"{card.text}\n{words.host_links(user_id)}")
    return replace(card, buttons=(link_own(user_id), *card.buttons))
