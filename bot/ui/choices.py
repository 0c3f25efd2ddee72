"""The cameras and networks that are offered while somebody types."""

import asyncio
from collections.abc import Callable

from discord import app_commands

from bot.accounts import Sessions
from bot.blink import BlinkError, Camera, Inventory
from bot.clips import StoreAway, switching
from bot.wording import failures

from .observed import counted
from .requests import Interaction

_IN_TIME = 0.25
_MOST_CHOICES = 25
_LONGEST = 100
_FRESH = 30.0

Choice = app_commands.Choice[str]


@counted
async def camera_choices(interaction: Interaction, current: str) -> list[Choice]:
    """Offer the person's cameras, from memory where Blink is slow; never fails and never waits long."""
    return await _offered(interaction, current, choices, unknown=failures.NO_CAMERAS_YET)


@counted
async def network_choices(interaction: Interaction, current: str) -> list[Choice]:
    """Offer the person's networks in the same way."""
    return await _offered(interaction, current, _networks, unknown=failures.NO_NETWORKS_YET)


async def _offered(
    interaction: Interaction, current: str, among: Callable[[Inventory, str], list[Choice]], *, unknown: str
) -> list[Choice]:
    client = interaction.client
    sessions, user_id = client.rooms.sessions, interaction.user.id
    known = sessions.last_inventory(user_id)
    asking = asyncio.ensure_future(_ask(sessions, user_id))
    client.background(asking, "cameras for autocomplete")
    if known is None:
        await asyncio.wait({asking}, timeout=_IN_TIME)
        if not asking.done():
            return _hint(unknown, current)
        known = asking.result()
        if known is None:
            return _hint(failures.NOT_LINKED_CHOICE, current)
    return among(known, current)


def choices(inventory: Inventory, current: str) -> list[Choice]:
    """Return the cameras whose name or network has what was typed, within Discord's limits."""
    wanted = current.casefold().strip()
    found = [camera for camera in inventory.cameras if wanted in camera.label.casefold()]
    return [app_commands.Choice(name=_label(camera), value=str(camera.key)) for camera in found[:_MOST_CHOICES]]


def _networks(inventory: Inventory, current: str) -> list[Choice]:
    wanted = current.casefold().strip()
    found = [one for one in switching.networks_of(inventory) if wanted in one.label.casefold()]
    return [app_commands.Choice(name=one.label[:_LONGEST], value=one.choice) for one in found[:_MOST_CHOICES]]


async def _ask(sessions: Sessions, user_id: int) -> Inventory | None:
    """Return a person's cameras, an empty inventory where Blink or the database fails, None where nothing is linked."""
    try:
        session = await sessions.session(user_id)
        return await session.inventory(max_age=_FRESH) if session else None
    except (BlinkError, StoreAway):
        return sessions.last_inventory(user_id) or Inventory()


def _label(camera: Camera) -> str:
    suffix = "" if camera.online else " (offline)"
    return camera.label[: _LONGEST - len(suffix)] + suffix


def _hint(words: str, current: str) -> list[Choice]:
    return [app_commands.Choice(name=words, value=current.strip()[:_LONGEST] or "?")]
