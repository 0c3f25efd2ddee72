"""Finds the cameras whose alerts somebody can get here and now."""

import asyncio
import math
from collections.abc import Iterable
from dataclasses import dataclass

from bot.blink import BlinkError
from bot.cameras import AccessibleAccount, AccessibleCamera
from bot.models import OWN, Grant, Right
from bot.ui.permissions import permits_of
from bot.ui.services import Interaction

_FRESH = 30.0
_SOON = 3.0


@dataclass(frozen=True, slots=True)
class Place:
    """The owner of some cameras, and the server where they are lent; OWN for a person's own."""

    owner_id: int
    guild_id: int = OWN


async def permits_here(interaction: Interaction) -> list[Grant]:
    """Return the grants by which this person can get alerts of others' cameras here.

    Returns none if the bot is not in the server, since it asks Discord before each alert whether the person still is.
    """
    return await permits_of(interaction, Right.ALERTS) if interaction.is_guild_integration() else []


async def homes_here(interaction: Interaction, *, max_age: float = _FRESH) -> list[AccessibleAccount]:
    """Return every account whose alerts they can get, their own first; raises BlinkError only for their own."""
    permits = await permits_here(interaction)
    reach = interaction.client.services.cameras.finder.reach(interaction.user.id, permits)
    return await reach.accounts(max_age=max_age)


async def homes_soon(interaction: Interaction) -> list[AccessibleAccount]:
    """Return the same for names alone, however old; none if Blink fails or is slow."""
    try:
        async with asyncio.timeout(_SOON):
            return await homes_here(interaction, max_age=math.inf)
    except (BlinkError, TimeoutError):
        return []


def place_of(interaction: Interaction, home: AccessibleAccount) -> Place:
    """Return the place under which a subscription to an account is kept."""
    if home.owner_id is None:
        return Place(interaction.user.id)
    return Place(home.owner_id, interaction.guild_id or OWN)


def reached_in(homes: Iterable[AccessibleAccount]) -> list[AccessibleCamera]:
    """Return the cameras whose alerts they can get, in the order of the menus."""
    return [one for home in homes for one in home.cameras()]
