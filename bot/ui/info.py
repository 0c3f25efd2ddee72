"""`/account` and `/notify`: what is stored, and what comes by direct message."""

import asyncio
from dataclasses import replace

from discord import app_commands

from bot.accounts import NotifyClips, Sessions
from bot.blink import BlinkError, Inventory
from bot.wording import account as words

from .requests import Interaction, acknowledged
from .tree import answer

_RECENT = 300.0
_SOON = 5.0
_STATES = ("on", "off")


@app_commands.command(description="Show which Blink account is linked for you and what is stored")
async def account(interaction: Interaction) -> None:
    """Show the link."""
    if not await acknowledged(interaction):
        return
    rooms, user_id = interaction.client.rooms, interaction.user.id
    linked = await rooms.accounts.account(user_id)
    if linked is None:
        await answer(interaction, words.not_linked())
        return
    person = await rooms.people.person(user_id)
    card = words.account(linked, person, await _known_cameras(rooms.sessions, user_id))
    await answer(interaction, card)


@app_commands.command(description="Choose what comes to you as a direct message")
@app_commands.describe(
    clips="When a clip is also sent to you as a direct message",
    grants="Whether you hear when somebody uses a camera for the first time that you granted",
)
@app_commands.choices(
    clips=[app_commands.Choice(name=choice.value, value=choice.value) for choice in NotifyClips],
    grants=[app_commands.Choice(name=state, value=state) for state in _STATES],
)
async def notify(interaction: Interaction, clips: str | None = None, grants: str | None = None) -> None:
    """Save what is wanted; it also lets closed direct messages be tried again."""
    if not await acknowledged(interaction):
        return
    people = interaction.client.rooms.people
    person = await people.person(interaction.user.id)
    if clips is None and grants is None:
        await answer(interaction, words.notify_unchanged(person))
        return
    person = replace(
        person,
        notify_clips=NotifyClips(clips) if clips else person.notify_clips,
        hears_of_grants=grants == "on" if grants else person.hears_of_grants,
        dms_closed_at=None,
        dms_closed_told=False,
    )
    await people.remember(person)
    await answer(interaction, words.notify_saved(person))


async def _known_cameras(sessions: Sessions, user_id: int) -> Inventory | None:
    """Return the cameras, old ones where Blink does not answer soon."""
    try:
        async with asyncio.timeout(_SOON):
            session = await sessions.session(user_id)
            return await session.inventory(max_age=_RECENT) if session else None
    except (BlinkError, TimeoutError):
        return sessions.last_inventory(user_id)
