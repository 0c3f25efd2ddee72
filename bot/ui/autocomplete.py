"""The cameras and networks that are offered while somebody types."""

import asyncio
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from discord import app_commands

from bot.blink import Camera, Inventory, resembles
from bot.cameras import AccessibleAccount, Switch, networks_of, own_networks, told_apart
from bot.models import ALL, Owner, Right, Share, StorageUnavailable, all_of
from bot.wording import any_command, arming

from .camera_cache import CachedCameras, Unseen, seen
from .interaction import Interaction, guest_of
from .telemetry import Offer, counted

_IN_TIME = 0.25
_MOST_CHOICES = 25
_LONGEST = 100

Choice = app_commands.Choice[str]


@dataclass(frozen=True, slots=True)
class Offered:
    """Something to choose, shown by its first name that nothing else has; what is offline says so and comes last."""

    names: tuple[str, ...]
    choice: str
    online: bool = True
    note: str = ""


def cameras_for(right: Right, *, with_all: bool = False) -> Offer[list[Choice]]:
    """Return an autocomplete of the person's cameras, and of those that others let them use in this way.

    The cameras that they used last come first. If `with_all`, all cameras of each system are one choice too.
    """

    def own(inventory: Inventory) -> Iterable[Offered]:
        cameras = (Offered((one.label,), str(one.key), one.online) for one in inventory.cameras)
        return [*(_all(inventory.cameras) if with_all else ()), *cameras]

    def shared(account: AccessibleAccount) -> Iterable[Offered]:
        usable = list(account.cameras())
        cameras = (Offered(one.names, one.choice, one.camera.online) for one in usable)
        return [*(_all([one.camera for one in usable], usable[0].owner) if with_all and usable else ()), *cameras]

    return _offering(right, own, shared, unknown=any_command.NO_CAMERAS_YET, last_first=True)


def _all(cameras: Sequence[Camera], owner: Owner | None = None) -> Iterator[Offered]:
    """Yield all cameras of each system that has several of them."""
    systems = Counter((one.key.network_id, one.network) for one in cameras)
    for (network_id, name), number in systems.items():
        if number > 1:
            label = f"All of {name}"
            names = (owner.label(label),) if owner else ("All", label)
            yield Offered(names, all_of(network_id, owner.user_id if owner else None))


def systems_to_arm() -> Offer[list[Choice]]:
    """Return an autocomplete of systems with their states in the same way; first comes All of one's own."""

    def own(inventory: Inventory) -> Iterable[Offered]:
        systems = own_networks(inventory)
        everything = [Offered(("All",), ALL)] if len(systems) > 1 else []
        return [*everything, *map(_system, systems)]

    def shared(account: AccessibleAccount) -> Iterable[Offered]:
        return map(_system, networks_of(account))

    return _offering(Right.ARM, own, shared, unknown=any_command.NO_SYSTEMS_YET)


def _system(one: Switch) -> Offered:
    state = arming.state(one)
    return Offered((one.label,), one.choice, note=f" · {state}" if state else "")


def _offering(
    right: Right,
    own: Callable[[Inventory], Iterable[Offered]],
    shared: Callable[[AccessibleAccount], Iterable[Offered]],
    *,
    unknown: str,
    last_first: bool = False,
) -> Offer[list[Choice]]:
    """Return an autocomplete that answers from memory if it can, never fails and never waits long."""

    @counted
    async def offer(interaction: Interaction, current: str) -> list[Choice]:
        until = _soon()
        user_id, client = interaction.user.id, interaction.client
        looking = client.camera_cache.of(user_id)  # while the others' are looked up
        if last_first:
            client.last_used.look(user_id)
        shares = await _shares(interaction, until=until)
        usable = [one for one in shares or () if right in one.rights]
        accounts = None if shares is None else await _accounts(interaction, usable, until=until)
        inventory = _cameras(await seen(looking, until=until))
        offered = [one for account in accounts or () for one in shared(account)]
        if isinstance(inventory, Inventory):
            offered = [*own(inventory), *offered]
        elif not offered:
            if inventory == any_command.NOT_LINKED_CHOICE and shares:
                inventory = any_command.NOT_SHARED_CHOICE
            return hint(unknown if accounts is None else inventory or unknown, current)
        last = await client.last_used.of(user_id, until=until) if last_first else ()
        return among(offered, current, last=last)

    return offer


def among(offered: Collection[Offered], current: str, *, last: Sequence[str] = ()) -> list[Choice]:
    """Return the choices whose names have the words typed, within Discord's limits; those used `last` come first."""
    labels = told_apart((one.choice, one.names) for one in offered)
    found = [
        one
        for one in offered
        if not current.strip() or any(resembles(current, name) for name in (labels[one.choice], *one.names))
    ]
    used = {choice: place for place, choice in enumerate(last)}
    found.sort(key=lambda one: (not one.online, used.get(one.choice, len(used))))
    return [
        app_commands.Choice(name=labels[one.choice] + (one.note if one.online else " (offline)"), value=one.choice)
        for one in found[:_MOST_CHOICES]
    ]


async def own_cameras(interaction: Interaction) -> Inventory | str | None:
    """Return the person's own cameras, a hint if they cannot be seen, or None if Blink has not answered yet."""
    return _cameras(await seen(interaction.client.camera_cache.of(interaction.user.id), until=_soon()))


def _cameras(found: CachedCameras | Unseen) -> Inventory | str | None:
    match found:
        case CachedCameras(inventory=inventory):
            return inventory
        case Unseen.NOT_LINKED:
            return any_command.NOT_LINKED_CHOICE
        case Unseen.SIGNED_OUT:
            return any_command.SIGNED_OUT_CHOICE
        case Unseen.FAILED:
            return Inventory()
        case Unseen.LATER:
            return None


async def _shares(interaction: Interaction, *, until: float) -> list[Share] | None:
    """Return the shares by which this person may use others' cameras; None if they are not known in time."""
    try:
        return await interaction.client.services.shares.offered_to(guest_of(interaction), until=until)
    except TimeoutError:
        return None
    except StorageUnavailable:
        return []


async def _accounts(
    interaction: Interaction, shares: Iterable[Share], *, until: float
) -> list[AccessibleAccount] | None:
    """Return the accounts of the shares, as last seen; None if none was seen, and one may still be."""
    by_owner: dict[int, list[Share]] = {}
    for one in shares:
        by_owner.setdefault(one.owner_id, []).append(one)
    user_id, spend = interaction.user.id, interaction.client.services.shares.spend
    looking = [
        (interaction.client.camera_cache.of(owner, may_look=lambda owner=owner: spend(user_id, owner) is None), theirs)
        for owner, theirs in by_owner.items()
    ]
    found = [(await seen(begun, until=until), theirs) for begun, theirs in looking]
    accounts = [
        AccessibleAccount(one.session, one.inventory, theirs) for one, theirs in found if isinstance(one, CachedCameras)
    ]
    return None if not accounts and any(one is Unseen.LATER for one, _ in found) else accounts


def _soon() -> float:
    return asyncio.get_running_loop().time() + _IN_TIME


def hint(words: str, current: str) -> list[Choice]:
    """Return a hint as the only choice; picking it leaves what was typed."""
    return [app_commands.Choice(name=words, value=current.strip()[:_LONGEST] or "?")]
