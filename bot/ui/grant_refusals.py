"""`/grant leave` and `/grant refuse`: keep others' cameras out of one's own lists."""

import discord
from discord import app_commands

from bot.blink import clean
from bot.models import StorageUnavailable
from bot.wording import ALLOW, ALLOW_ONE, Card
from bot.wording import grant_refusals as words

from .autocomplete import Choice, Offered, among
from .buttons import Clicked, chosen, is_owner
from .grant import grant
from .permissions import guest_of
from .replies import acknowledged, answer
from .services import Interaction
from .telemetry import counted

_LONGEST_NAME = 32


@counted
async def received_choices(interaction: Interaction, current: str) -> list[Choice]:
    """Offer what was granted to this person here."""
    try:
        received = await interaction.client.services.grants.given_to(guest_of(interaction))
    except StorageUnavailable:
        return []
    return among([Offered((f"{one.label} ({one.owner_name}'s)",), one.id) for one in received], current)


@grant.command(name="leave", description="Give up something that was granted to you here")
@app_commands.describe(given="The grant that you no longer want")
@app_commands.rename(given="grant")
@app_commands.autocomplete(given=received_choices)
async def leave(interaction: Interaction, given: str) -> None:
    """Leave one grant; if it is to a role, the others keep it."""
    if await acknowledged(interaction):
        left = await interaction.client.services.grants.leave(given, guest_of(interaction))
        await answer(interaction, words.left(left) if left else words.not_there())


@grant.command(name="refuse", description="Get nothing that somebody grants, now and later, in every server")
@app_commands.describe(who="The person whose cameras you do not want to see")
async def refuse(interaction: Interaction, who: discord.Member | discord.User) -> None:
    """Refuse all that a person grants."""
    if not await acknowledged(interaction):
        return
    user_id = interaction.user.id
    if who.id == user_id or who.bot:
        await answer(interaction, words.not_them())
        return
    name = clean(who.display_name, _LONGEST_NAME) or "somebody"
    refused = await interaction.client.services.grants.refuse(user_id, who.id, name)
    await answer(interaction, words.refused(who.id, user_id) if refused else words.too_many())


class Allow(Clicked, template=ALLOW):
    """The button that takes a refusal back."""

    async def clicked(self, interaction: Interaction) -> None:
        """Accept grants of that person again, for the button's owner only."""
        if await is_owner(interaction, int(self.fields["owner"])):
            await interaction.response.defer()
            await answer(interaction, await _allowed(interaction, self.fields["giver"]))


class AllowOne(Clicked, template=ALLOW_ONE):
    """The menu of people whose grants somebody refuses."""

    async def clicked(self, interaction: Interaction) -> None:
        """Accept grants of the chosen person again."""
        if await is_owner(interaction, int(self.fields["owner"])):
            await interaction.response.defer()
            await answer(interaction, await _allowed(interaction, chosen(interaction)))


async def _allowed(interaction: Interaction, giver: str) -> Card:
    grants, user_id = interaction.client.services.grants, interaction.user.id
    known = {str(one.owner_id): one.owner_id for one in await grants.refused_by(user_id)}
    owner_id = known.get(giver)
    if owner_id is None or not await grants.allow(user_id, owner_id):
        return words.not_refused()
    return words.allowed(owner_id)
