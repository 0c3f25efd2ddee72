"""News that could be told nowhere when it happened, told at a person's next command."""

import logging
from typing import TYPE_CHECKING

import aiohttp
import discord

from bot.wording import clip
from bot.wording.render import embed

if TYPE_CHECKING:
    from .client import ClipBot

log = logging.getLogger("bot.ui")


def catch_up(interaction: "discord.Interaction[ClipBot]") -> None:
    """Tell what was missed in a message of its own, beside the answer to an acknowledged command."""
    interaction.client.background(_tell(interaction), "late news")


async def _tell(interaction: "discord.Interaction[ClipBot]") -> None:
    store = interaction.client.rooms.runner.store
    jobs = await store.missed(interaction.user.id)
    if not jobs:
        return
    try:
        await interaction.followup.send(embed=embed(clip.missed(jobs)), ephemeral=True)
    except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
        log.info("late news could not be told: %s", type(error).__name__)
        return
    await store.caught_up(jobs)
