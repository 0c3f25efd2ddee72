"""The cameras and networks that are offered while somebody types."""

import asyncio
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from discord import app_commands

from bot.accounts import Sessions
from bot.blink import BlinkError, Inventory
from bot.clips import Home, StoreAway, networks_of, own_networks
from bot.grants import Right
from bot.wording import failures

from .guest import permits_of
from .observed import Offer, counted
from .requests import Interaction

_IN_TIME = 0.25
_MOST_CHOICES = 25
_LONGEST = 100
_FRESH = 30.0

Choice = app_commands.Choice[str]


@dataclass(frozen=True, slots=True)
class Offered:
    """Something to choose; `note` stands behind its name however long that is."""

    label: str
    choice: str
    note: str = ""


def cameras_for(right: Right) -> Offer[list[Choice]]:
    """Return what offers the person's cameras, and those that others let them use in this way."""

    def own(inventory: Inventory) -> Iterable[Offered]:
        return (Offered(one.label, str(one.key), _note(one.online)) for one in inventory.cameras)

    def lent(home: Home) -> Iterable[Offered]:
        return (Offered(one.label, one.choice, _note(one.camera.online)) for one in home.reached())

    return _offering(right, own, lent, unknown=failures.NO_CAMERAS_YET)


def networks_for(right: Right) -> Offer[list[Choice]]:
    """Return what offers networks in the same way."""

    def own(inventory: Inventory) -> Iterable[Offered]:
        return (Offered(one.label, one.choice) for one in own_networks(inventory))

    def lent(home: Home) -> Iterable[Offered]:
        return (Offered(one.label, one.choice) for one in networks_of(home))

    return _offering(right, own, lent, unknown=failures.NO_NETWORKS_YET)


def _offering(
    right: Right,
    own: Callable[[Inventory], Iterable[Offered]],
    lent: Callable[[Home], Iterable[Offered]],
    *,
    unknown: str,
) -> Offer[list[Choice]]:
    """Return an autocomplete that answers from memory where Blink is slow; it never fails and never waits long."""

    @counted
    async def offer(interaction: Interaction, current: str) -> list[Choice]:
        inventory, homes = await asyncio.gather(own_cameras(interaction), _lent(interaction, right))
        offered = [one for home in homes or () for one in lent(home)]
        if isinstance(inventory, Inventory):
            offered = [*own(inventory), *offered]
        elif not offered:
            return hint(unknown if homes is None else inventory or unknown, current)
        return among(offered, current)

    return offer


def among(offered: Iterable[Offered], current: str) -> list[Choice]:
    """Return what has the words typed so far in its name, within Discord's limits."""
    wanted = current.casefold().strip()
    found = [one for one in offered if wanted in one.label.casefold()]
    return [app_commands.Choice(name=_name(one), value=one.choice) for one in found[:_MOST_CHOICES]]


async def own_cameras(interaction: Interaction) -> Inventory | str | None:
    """Return the person's own cameras, words where none are linked, None where Blink has not answered yet."""
    client = interaction.client
    sessions, user_id = client.rooms.sessions, interaction.user.id
    known = sessions.last_inventory(user_id)
    asking = asyncio.ensure_future(_ask(sessions, user_id))
    client.background(asking, "cameras for autocomplete")
    if known is not None:
        return known
    await asyncio.wait({asking}, timeout=_IN_TIME)
    if not asking.done():
        return None
    known = asking.result()
    return failures.NOT_LINKED_CHOICE if known is None else known


async def _lent(interaction: Interaction, right: Right) -> list[Home] | None:
    """Return what others let this person use, as last seen; None where that is not known in time."""
    asking = asyncio.ensure_future(_ask_lent(interaction, right))
    interaction.client.background(asking, "others' cameras for autocomplete")
    await asyncio.wait({asking}, timeout=_IN_TIME)
    return asking.result() if asking.done() else None


async def _ask(sessions: Sessions, user_id: int) -> Inventory | None:
    """Return a person's cameras, an empty inventory where Blink or the database fails, None where nothing is linked."""
    try:
        session = await sessions.session(user_id)
        return await session.inventory(max_age=_FRESH) if session else None
    except (BlinkError, StoreAway):
        return sessions.last_inventory(user_id) or Inventory()


async def _ask_lent(interaction: Interaction, right: Right) -> list[Home]:
    """Return them as last seen, and have them looked at anew beside that."""
    cameras = interaction.client.rooms.cameras
    try:
        permits = await permits_of(interaction, right)
        homes = await cameras.lent(permits, max_age=math.inf)
    except StoreAway:
        return []
    if homes:
        interaction.client.background(cameras.lent(permits, max_age=_FRESH), "others' cameras anew")
    return homes


def _note(online: bool) -> str:
    return "" if online else " (offline)"


def _name(one: Offered) -> str:
    return one.label[: _LONGEST - len(one.note)] + one.note


def hint(words: str, current: str) -> list[Choice]:
    """Return words in place of choices; whoever picks them has typed what they had typed."""
    return [app_commands.Choice(name=words, value=current.strip()[:_LONGEST] or "?")]
