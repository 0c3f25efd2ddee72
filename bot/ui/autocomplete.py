"""The cameras and networks that are offered while somebody types."""

import asyncio
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from discord import app_commands

from bot.blink import Camera, Inventory
from bot.cameras import AccessibleAccount, Switch, networks_of, own_networks, told_apart
from bot.models import ALL, Grant, Lender, Right, StorageUnavailable, all_of
from bot.wording import arming, common

from .camera_cache import CachedCameras, Unseen, seen
from .permissions import guest_of
from .services import Interaction
from .telemetry import Offer, counted

_IN_TIME = 0.25
_MOST_CHOICES = 25
_LONGEST = 100

Choice = app_commands.Choice[str]


@dataclass(frozen=True, slots=True)
class Offered:
    """Something to choose, shown by its first name that nothing else has, and `note` behind it."""

    names: tuple[str, ...]
    choice: str
    note: str = ""


def cameras_for(right: Right, *, with_all: bool = False) -> Offer[list[Choice]]:
    """Return an autocomplete of the person's cameras, and of those that others let them use in this way.

    If `with_all`, all cameras of each system come first, as one choice.
    """

    def own(inventory: Inventory) -> Iterable[Offered]:
        cameras = (Offered((one.label,), str(one.key), _note(one.online)) for one in inventory.cameras)
        return [*(_all(inventory.cameras) if with_all else ()), *cameras]

    def lent(home: AccessibleAccount) -> Iterable[Offered]:
        usable = list(home.cameras())
        cameras = (Offered(one.names, one.choice, _note(one.camera.online)) for one in usable)
        return [*(_all([one.camera for one in usable], usable[0].lender) if with_all and usable else ()), *cameras]

    return _offering(right, own, lent, unknown=common.NO_CAMERAS_YET)


def _all(cameras: Sequence[Camera], lender: Lender | None = None) -> Iterator[Offered]:
    """Yield all cameras of each system that has several of them."""
    systems = Counter((one.key.network_id, one.network) for one in cameras)
    for (network_id, name), number in systems.items():
        if number > 1:
            label = f"All of {name}"
            names = (lender.label(label),) if lender else ("All", label)
            yield Offered(names, all_of(network_id, lender.user_id if lender else None))


def systems_to_arm() -> Offer[list[Choice]]:
    """Return an autocomplete of systems with their states in the same way; first comes All of one's own."""

    def own(inventory: Inventory) -> Iterable[Offered]:
        systems = own_networks(inventory)
        everything = [Offered(("All",), ALL)] if len(systems) > 1 else []
        return [*everything, *map(_system, systems)]

    def lent(home: AccessibleAccount) -> Iterable[Offered]:
        return map(_system, networks_of(home))

    return _offering(Right.ARM, own, lent, unknown=common.NO_SYSTEMS_YET)


def _system(one: Switch) -> Offered:
    state = arming.state(one)
    return Offered((one.label,), one.choice, f" · {state}" if state else "")


def _offering(
    right: Right,
    own: Callable[[Inventory], Iterable[Offered]],
    lent: Callable[[AccessibleAccount], Iterable[Offered]],
    *,
    unknown: str,
) -> Offer[list[Choice]]:
    """Return an autocomplete that answers from memory if it can, never fails and never waits long."""

    @counted
    async def offer(interaction: Interaction, current: str) -> list[Choice]:
        until = _soon()
        looking = interaction.client.camera_cache.of(interaction.user.id)  # while the others' are looked up
        homes = await _lent(interaction, right, until=until)
        inventory = _cameras(await seen(looking, until=until))
        offered = [one for home in homes or () for one in lent(home)]
        if isinstance(inventory, Inventory):
            offered = [*own(inventory), *offered]
        elif not offered:
            if inventory == common.NOT_LINKED_CHOICE and await _granted_else(interaction, until=until):
                inventory = common.NOT_GRANTED_CHOICE
            return hint(unknown if homes is None else inventory or unknown, current)
        return among(offered, current)

    return offer


def among(offered: Collection[Offered], current: str) -> list[Choice]:
    """Return the choices whose label contains what was typed, within Discord's limits."""
    labels = told_apart((one.choice, one.names) for one in offered)
    wanted = current.casefold().strip()
    found = [one for one in offered if wanted in labels[one.choice].casefold()]
    return [app_commands.Choice(name=labels[one.choice] + one.note, value=one.choice) for one in found[:_MOST_CHOICES]]


async def own_cameras(interaction: Interaction) -> Inventory | str | None:
    """Return the person's own cameras, a hint if they cannot be seen, or None if Blink has not answered yet."""
    return _cameras(await seen(interaction.client.camera_cache.of(interaction.user.id), until=_soon()))


def _cameras(found: CachedCameras | Unseen) -> Inventory | str | None:
    match found:
        case CachedCameras(inventory=inventory):
            return inventory
        case Unseen.NOT_LINKED:
            return common.NOT_LINKED_CHOICE
        case Unseen.SIGNED_OUT:
            return common.SIGNED_OUT_CHOICE
        case Unseen.FAILED:
            return Inventory()
        case Unseen.LATER:
            return None


async def _granted_else(interaction: Interaction, *, until: float) -> bool:
    """Say whether others let this person use something here and now; False if that is not known in time."""
    try:
        return bool(await interaction.client.services.grants.offered_to(guest_of(interaction), None, until=until))
    except (TimeoutError, StorageUnavailable):
        return False


async def _lent(interaction: Interaction, right: Right, *, until: float) -> list[AccessibleAccount] | None:
    """Return the accounts that others let this person use, as last seen; None if they are not known in time."""
    try:
        permits = await interaction.client.services.grants.offered_to(guest_of(interaction), right, until=until)
    except TimeoutError:
        return None
    except StorageUnavailable:
        return []
    if not permits:
        return []
    by_owner: dict[int, list[Grant]] = {}
    for one in permits:
        by_owner.setdefault(one.owner_id, []).append(one)
    user_id, spend = interaction.user.id, interaction.client.services.grants.spend
    looking = [
        (interaction.client.camera_cache.of(owner, may_look=lambda owner=owner: spend(user_id, owner) is None), theirs)
        for owner, theirs in by_owner.items()
    ]
    found = [(await seen(begun, until=until), theirs) for begun, theirs in looking]
    homes = [
        AccessibleAccount(one.session, one.inventory, theirs) for one, theirs in found if isinstance(one, CachedCameras)
    ]
    return None if not homes and any(one is Unseen.LATER for one, _ in found) else homes


def _soon() -> float:
    return asyncio.get_running_loop().time() + _IN_TIME


def _note(online: bool) -> str:
    return "" if online else " (offline)"


def hint(words: str, current: str) -> list[Choice]:
    """Return a hint as the only choice; picking it leaves what was typed."""
    return [app_commands.Choice(name=words, value=current.strip()[:_LONGEST] or "?")]
