"""`/cameras`: a card for each camera, five on a page, with buttons that record and that turn the pages."""

from collections.abc import Mapping, Sequence
from functools import partial

import discord
from discord import app_commands

from bot.cameras import Shown, Thumbnail
from bot.models import Kind, Owner, Right
from bot.wording import Card
from bot.wording import cameras as words
from bot.wording.custom_ids import CAMERA, CAMERAS

from .buttons import Fields, on_click
from .clip import record
from .interaction import Interaction, not_linked, shares_of
from .replies import acknowledged, answer, deferred

_FRESH = 5.0
_LONGEST_LABEL = 80
_ON_A_PAGE = 5  # with their pictures and buttons, as much as one message of Discord's holds


@app_commands.command(description="Show your Blink cameras, how they are and what they saw last")
async def cameras(interaction: Interaction) -> None:
    """Show the first page."""
    if await acknowledged(interaction):
        await _show(interaction, 1, max_age=_FRESH)


@on_click(CAMERA)
async def use_camera(interaction: Interaction, fields: Fields) -> None:
    """Record on a camera, or take a picture with it, if it is among those that the person may use."""
    kind = Kind.CLIP if fields["act"] == "clip" else Kind.SNAPSHOT
    await record(interaction, fields["choice"], public=False, kind=kind)


@on_click(CAMERAS)
async def turn_page(interaction: Interaction, fields: Fields) -> None:
    """Turn to another page, or refresh this one; show the last page if there are fewer now."""
    if await deferred(interaction):
        max_age = 0.0 if fields["act"] == "refresh" else _FRESH
        await _show(interaction, int(fields["page"]), max_age=max_age)


async def _show(interaction: Interaction, number: int, *, max_age: float) -> None:
    """Show a page; each look at an owner's cameras counts as a use of their share."""
    given = await shares_of(interaction)
    shares = {right.value: [one for one in given if right in one.rights] for right in Right}
    overview = await interaction.client.services.cameras.shown_to(interaction.user.id, max_age=max_age, shares=shares)
    if overview is None:
        await answer(interaction, await not_linked(interaction))
        return
    seen = overview.cameras
    if not seen:
        await answer(interaction, words.none(shared=bool(shares[Right.STATUS]), unknown=overview.unknown))
        return
    pages = -(-len(seen) // _ON_A_PAGE)
    number = min(max(number, 1), pages)
    shown = seen[(number - 1) * _ON_A_PAGE : number * _ON_A_PAGE]
    shared: dict[Owner, list[str]] = {}
    for one in shown:
        if one.owner:
            shared.setdefault(one.owner, []).append(one.camera.name)
    for owner, names in shared.items():
        await interaction.client.services.shares.used(
            owner.share_id, interaction.user.id, what=Right.STATUS, label=", ".join(names)[:_LONGEST_LABEL]
        )
    async with interaction.client.services.cameras.pictured(shown) as pictures:
        user_id, locale = interaction.user.id, interaction.locale.value
        cards = words.page(shown, pictures, number=number, pages=pages, owner=user_id, locale=locale)
        uploads = partial(_uploads, shown, cards, pictures)
        text = words.count(seen, unknown=overview.unknown, silent=overview.silent, number=number, pages=pages)
        await answer(interaction, *cards, text=text, files=uploads)


def _uploads(shown: Sequence[Shown], cards: Sequence[Card], pictures: Mapping[str, Thumbnail]) -> list[discord.File]:
    return [
        discord.File(pictures[one.choice].file, filename=card.thumbnail, description=words.caption(one.camera))
        for one, card in zip(shown, cards, strict=True)
        if card.thumbnail
    ]
