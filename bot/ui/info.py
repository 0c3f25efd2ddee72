"""`/account`: what is linked and what is stored."""

import asyncio
from datetime import UTC, datetime

from discord import app_commands

from bot.accounts import Sessions
from bot.blink import BlinkError, Inventory
from bot.wording import account as words
from bot.wording import notify

from .guest import permits_of, with_link
from .requests import Interaction, acknowledged
from .tree import answer

_RECENT = 300.0
_SOON = 5.0


@app_commands.command(description="Show which Blink account is linked for you and what is stored")
async def account(interaction: Interaction) -> None:
    """Show the link and what is stored."""
    if not await acknowledged(interaction):
        return
    rooms, user_id = interaction.client.rooms, interaction.user.id
    linked = await rooms.accounts.account(user_id)
    if linked is None:
        granted = frozenset(right for one in await permits_of(interaction) for right in one.rights)
        await answer(interaction, with_link(interaction, words.guest(granted, user_id)))
        return
    person = await rooms.people.person(user_id)
    watcher, wishes = await rooms.alerts.watcher(user_id), await rooms.alerts.wishes_of(user_id)
    alerts = notify.summary(watcher, wishes, datetime.now(UTC))
    card = words.account(linked, person, await known_cameras(rooms.sessions, user_id), alerts)
    await answer(interaction, card)


async def known_cameras(sessions: Sessions, user_id: int) -> Inventory | None:
    """Return a person's cameras; if Blink does not answer soon, those last seen or None."""
    try:
        async with asyncio.timeout(_SOON):
            session = await sessions.session(user_id)
            return await session.inventory(max_age=_RECENT) if session else None
    except (BlinkError, TimeoutError):
        return sessions.last_inventory(user_id)
