"""Turns an acknowledged interaction into a clip job."""

import uuid
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeAlias

import discord

from bot.clips import Job, Reply

from .ack import Acknowledged, acknowledge

if TYPE_CHECKING:
    from .client import ClipBot

    Interaction: TypeAlias = discord.Interaction[ClipBot]
else:
    Interaction = discord.Interaction  # discord.py reads this annotation from commands when they are defined

_LARGEST_REQUEST = 25 * 2**20  # Discord takes no larger request, whatever a person's or a server's plan promises
_SLACK = 0.99
_MOST_ASKED = 100


async def record(interaction: Interaction, asked: str, *, share: bool) -> None:
    """Acknowledge, and have `asked` recorded for the person who pressed or typed; does nothing where nobody waits."""
    in_dm = is_bot_dm(interaction)
    acknowledged = await acknowledge(interaction, ephemeral=not share and not in_dm)
    if acknowledged is None:
        return
    await interaction.client.rooms.runner.accept(_job(interaction, asked, acknowledged, share=share, in_dm=in_dm))


def is_bot_dm(interaction: Interaction) -> bool:
    """Say whether this happens in the direct messages between a person and the bot."""
    return interaction.guild_id is None and not interaction.context.private_channel


def _job(interaction: Interaction, asked: str, acknowledged: Acknowledged, *, share: bool, in_dm: bool) -> Job:
    ephemeral = acknowledged.ephemeral
    reply = Reply(
        application_id=interaction.application_id,
        token=interaction.token,
        expires_at=interaction.expires_at,
        channel_id=interaction.channel_id or 0,
        message_id=acknowledged.message_id,
        ephemeral=(not share and not in_dm) if ephemeral is None else ephemeral,
        in_dm=in_dm,
        bot_can_edit=in_dm or interaction.is_guild_integration(),
        guild_id=interaction.guild_id,
        file_limit=int(min(interaction.filesize_limit, _LARGEST_REQUEST) * _SLACK),
        locale=interaction.locale.value,
    )
    return Job(
        id=uuid.uuid4().hex,
        interaction_id=interaction.id,
        user_id=interaction.user.id,
        asked=asked[:_MOST_ASKED],
        reply=reply,
        created_at=datetime.now(UTC),
    )
