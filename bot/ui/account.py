"""`/account` and `/help`: what is linked, what is stored, and what this person can do here and now."""

import asyncio
from datetime import UTC, datetime

from discord import app_commands

from bot.accounts import Sessions
from bot.blink import BlinkError, Inventory
from bot.wording import account as words
from bot.wording import help as help_words
from bot.wording import notify

from .permissions import is_administrator, shares_of, with_link
from .replies import acknowledged, answer
from .services import Interaction

_RECENT = 300.0
_SOON = 5.0


@app_commands.command(description="Show how your link to Blink is, and what the bot keeps about you")
async def account(interaction: Interaction) -> None:
    """Show the state of the link, and what is stored."""
    if not await acknowledged(interaction):
        return
    services, user_id = interaction.client.services, interaction.user.id
    linked = await services.accounts.account(user_id)
    if linked is None:
        granted = frozenset(right for one in await shares_of(interaction) for right in one.rights)
        await answer(interaction, with_link(interaction, words.guest(granted, user_id)))
        return
    person = await services.people.person(user_id)
    watcher, wishes = await services.alerts.watcher(user_id), await services.alerts.wishes_of(user_id)
    alerts = notify.summary(watcher, wishes, datetime.now(UTC))
    card = words.account(linked, person, await known_cameras(services.sessions, user_id), alerts)
    await answer(interaction, card)


@app_commands.command(name="help", description="Show what you can do here, and what comes next")
async def show_help(interaction: Interaction) -> None:
    """Show the help for somebody with a link, with shares, with both or with neither."""
    if not await acknowledged(interaction):
        return
    shares = await shares_of(interaction)
    linked = await interaction.client.services.accounts.account(interaction.user.id)
    standing = help_words.Standing(
        user_id=interaction.user.id,
        linked=linked is not None,
        signed_out=linked is not None and linked.signed_out_at is not None,
        granted=frozenset(right for one in shares for right in one.rights),
        owners=tuple(dict.fromkeys(one.owner_name for one in shares)),
        in_server=interaction.guild_id is not None,
        live=interaction.client.services.live,
        administrator=is_administrator(interaction),
    )
    await answer(interaction, help_words.card(standing))


async def known_cameras(sessions: Sessions, user_id: int) -> Inventory | None:
    """Return a person's cameras; if Blink does not answer soon, those last seen or None."""
    try:
        async with asyncio.timeout(_SOON):
            session = await sessions.session(user_id)
            return await session.inventory(max_age=_RECENT) if session else None
    except (BlinkError, TimeoutError):
        return sessions.last_inventory(user_id)
