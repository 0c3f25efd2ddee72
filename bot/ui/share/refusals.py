"""`/share leave` and `/share refuse`: keep others' cameras out of one's own lists."""

import discord
from discord import app_commands

from bot.blink import clean
from bot.models import StorageUnavailable
from bot.ui.autocomplete import Choice, Offered, among
from bot.ui.buttons import Fields, chosen, on_click
from bot.ui.permissions import guest_of
from bot.ui.replies import acknowledged, answer, deferred
from bot.ui.services import Interaction
from bot.ui.telemetry import counted
from bot.wording import Card
from bot.wording import share_refusals as words
from bot.wording.custom_ids import ALLOW, ALLOW_ONE

from .command import share

_LONGEST_NAME = 32


@counted
async def received_choices(interaction: Interaction, current: str) -> list[Choice]:
    """Offer what is shared with this person here."""
    try:
        received = await interaction.client.services.shares.given_to(guest_of(interaction))
    except StorageUnavailable:
        return []
    return among([Offered((f"{one.label} ({one.owner_name}'s)",), one.id) for one in received], current)


@share.command(name="leave", description="Give up something that is shared with you here")
@app_commands.describe(given="What you no longer want")
@app_commands.rename(given="share")
@app_commands.autocomplete(given=received_choices)
async def leave(interaction: Interaction, given: str) -> None:
    """Leave one share; if it is with a role, the others keep it."""
    if await acknowledged(interaction):
        left = await interaction.client.services.shares.leave(given, guest_of(interaction))
        await answer(interaction, words.left(left) if left else words.NOT_THERE)


@share.command(name="refuse", description="Get nothing that somebody shares, now and later, in every server")
@app_commands.describe(who="The person whose cameras you do not want to see")
async def refuse(interaction: Interaction, who: discord.Member | discord.User) -> None:
    """Refuse all that a person shares."""
    if not await acknowledged(interaction):
        return
    user_id = interaction.user.id
    if who.id == user_id or who.bot:
        await answer(interaction, words.NOT_THEM)
        return
    name = clean(who.display_name, _LONGEST_NAME) or "somebody"
    refused = await interaction.client.services.shares.refuse(user_id, who.id, name)
    await answer(interaction, words.refused(who.id, user_id) if refused else words.TOO_MANY)


@on_click(ALLOW)
async def allow(interaction: Interaction, fields: Fields) -> None:
    """Accept again what a person shares."""
    if await deferred(interaction):
        await answer(interaction, await _allowed(interaction, fields["giver"]))


@on_click(ALLOW_ONE)
async def allow_one(interaction: Interaction, _: Fields) -> None:
    """Accept again what a person chosen from a menu shares."""
    if await deferred(interaction):
        await answer(interaction, await _allowed(interaction, chosen(interaction)))


async def _allowed(interaction: Interaction, giver: str) -> Card:
    shares, user_id = interaction.client.services.shares, interaction.user.id
    known = {str(one.owner_id): one.owner_id for one in await shares.refused_by(user_id)}
    owner_id = known.get(giver)
    if owner_id is None or not await shares.allow(user_id, owner_id):
        return words.NOT_REFUSED
    return words.allowed(owner_id)
