"""Tells people the outcomes and answers that could be shown nowhere, when they next use the bot."""

import asyncio
import logging
from typing import TYPE_CHECKING, cast

import discord

from bot.wording import clip, failures
from bot.wording.render import embed

from .ack import UNCLEAR

if TYPE_CHECKING:
    from .client import ClipBot

    Interaction = discord.Interaction[ClipBot]

log = logging.getLogger("bot.ui")

_LOOKS = (0.0, 0.5, 1.0, 2.0, 4.0, 8.0)


def catch_up(interaction: "Interaction") -> None:
    """Tell the person in a message of its own what could not be shown before."""
    interaction.client.background(_once(interaction), "late news")


async def _once(interaction: "Interaction") -> None:
    """Tell it unless another interaction of the same person does so already."""
    told, user_id = interaction.client.catching_up, interaction.user.id
    if user_id in told:
        return
    told.add(user_id)
    try:
        await _tell(interaction)
    finally:
        told.discard(user_id)


async def _tell(interaction: "Interaction") -> None:
    runner, untold, user_id = interaction.client.rooms.runner, interaction.client.rooms.untold, interaction.user.id
    if not await runner.undelivered(user_id) and not await untold.of_person(user_id):
        return
    try:
        if not await _is_answered(interaction):
            return
        # Read a second time, since the reply may have told some of it meanwhile.
        jobs, answers = await runner.undelivered(user_id), await untold.of_person(user_id)
        cards = [*([clip.missed(jobs)] if jobs else []), *([failures.late(answers.values())] if answers else [])]
        if not cards:
            return
        await interaction.followup.send(embeds=[embed(card) for card in cards], ephemeral=True)
    except (discord.HTTPException, *UNCLEAR) as error:
        log.info("late news could not be told: %s", type(error).__name__)
        return
    if jobs:
        await runner.mark_told(jobs)
    if answers:
        await untold.told(answers)


async def _is_answered(interaction: "Interaction") -> bool:
    """Wait for the reply, since Discord would take a message during "thinking" for it; False if it does not come."""
    for pause in _LOOKS:
        await asyncio.sleep(pause)
        reply = await interaction.followup.fetch_message(cast("int", "@original"))
        if not reply.flags.loading:
            return True
    return False
