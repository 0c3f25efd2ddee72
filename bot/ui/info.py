"""`/cameras`, `/account` and `/notify`: what there is, what is stored, and what comes by direct message."""

import asyncio
from dataclasses import replace

from discord import app_commands

from bot.accounts import NotifyClips, Sessions
from bot.blink import BlinkError, Inventory
from bot.wording import account as words
from bot.wording.render import view

from .ack import acknowledge
from .requests import Interaction, is_bot_dm
from .tree import answer

_FRESH = 5.0
_RECENT = 300.0
_SOON = 5.0


@app_commands.command(description="Show your Blink cameras and how they are")
async def cameras(interaction: Interaction) -> None:
    """List every camera with its state."""
    if not await _private(interaction):
        return
    session = await interaction.client.rooms.sessions.session(interaction.user.id)
    if session is None:
        await answer(interaction, words.not_linked())
        return
    await answer(interaction, words.cameras(await session.inventory(max_age=_FRESH)))


@app_commands.command(description="Show which Blink account is linked for you and what is stored")
async def account(interaction: Interaction) -> None:
    """Show the link."""
    if not await _private(interaction):
        return
    rooms, user_id = interaction.client.rooms, interaction.user.id
    linked = await rooms.accounts.account(user_id)
    if linked is None:
        await answer(interaction, words.not_linked())
        return
    person = await rooms.people.person(user_id)
    card = words.account(linked, person, await _known_cameras(rooms.sessions, user_id))
    await answer(interaction, card, view=view(card))


@app_commands.command(description="Choose when your clips also come as a direct message")
@app_commands.describe(clips="When a clip is also sent to you as a direct message")
@app_commands.choices(clips=[app_commands.Choice(name=choice.value, value=choice.value) for choice in NotifyClips])
async def notify(interaction: Interaction, clips: str | None = None) -> None:
    """Save when copies are wanted; it also lets closed direct messages be tried again."""
    if not await _private(interaction):
        return
    people = interaction.client.rooms.people
    person = await people.person(interaction.user.id)
    if clips is None:
        await answer(interaction, words.notify_unchanged(person))
        return
    choice = NotifyClips(clips)
    await people.remember(replace(person, notify_clips=choice, dms_closed_at=None, dms_closed_told=False))
    await answer(interaction, words.notify_saved(choice))


async def _known_cameras(sessions: Sessions, user_id: int) -> Inventory | None:
    """Return the cameras, old ones where Blink does not answer soon."""
    try:
        async with asyncio.timeout(_SOON):
            session = await sessions.session(user_id)
            return await session.inventory(max_age=_RECENT) if session else None
    except (BlinkError, TimeoutError):
        return sessions.last_inventory(user_id)


async def _private(interaction: Interaction) -> bool:
    return await acknowledge(interaction, ephemeral=not is_bot_dm(interaction)) is not None
