"""What can be turned on and off, found among a person's own and what others let them use."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.blink import Inventory
from bot.models import CameraKey, CameraRef

from .context import Context
from .homes import Home, Reached, among, lender_of, spells, told_apart
from .ports import ARM, Household, Permit
from .reach import Reach


@dataclass(frozen=True, slots=True)
class Switch:
    """What can be on or off: a network (armed), or with `camera` that camera's motion detection.

    `choice` finds it again for whoever may use it, `label` tells it from others that are offered with it, `names` are
    what that is chosen from where it is not clear, and `permit` is by what somebody uses one that is not their own.
    """

    choice: str
    name: str
    label: str
    network_id: int
    camera: CameraKey | None = None
    online: bool = True
    permit: Permit | None = None
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """The switches that somebody may have meant, all they may use of that kind, and whose each is, by its choice."""

    meant: tuple[Switch, ...]
    offered: tuple[Switch, ...]
    households: Mapping[str, Household]


def networks_of(home: Home) -> list[Switch]:
    """Return every network of a Blink that may be used as a whole, by name."""
    if home.own:
        return own_networks(home.inventory)
    return _by_name(
        replace(one, choice=lender.choice(one.choice), label=lender.label(one.name), permit=permit)
        for one in own_networks(home.inventory)
        if (permit := home.permit_for_network(one.network_id)) and (lender := lender_of(permit))
    )


def own_networks(inventory: Inventory) -> list[Switch]:
    """Return every network of somebody's own Blink, by name."""
    labels = inventory.network_labels()
    networks = inventory.networks.items()
    return _by_name(Switch(str(CameraRef(number)), name, labels[number], number) for number, name in networks)


def _labelled(switches: Iterable[Switch]) -> dict[str, Switch]:
    """Return switches that are offered together by their choices, with labels that tell them apart."""
    every = list(switches)
    labels = told_apart((one.choice, one.names or (one.label,)) for one in every)
    return {one.choice: replace(one, label=labels[one.choice]) for one in every}


def _by_name(switches: Iterable[Switch]) -> list[Switch]:
    return sorted(switches, key=lambda one: (one.label.casefold(), one.network_id))


def is_network(choice: str) -> bool:
    """Say whether a choice stands for a network, and not for a camera."""
    ref = CameraRef.parse(choice)
    return ref is not None and ref.key is None


def _motion_of(one: Reached) -> Switch:
    camera, names = one.camera, one.names
    network_id = camera.key.network_id
    return Switch(one.choice, camera.name, names[0], network_id, camera.key, camera.online, one.permit, names)


async def networks(context: Context, user_id: int, asked: str, permits: Collection[str]) -> Found | None:
    """Find a network by its choice or name, or without either the only one; None where there is none at all.

    Somebody else's has its owner's name behind its own too.
    """

    def meant(homes: Sequence[Home]) -> list[Switch]:
        every = [one for home in homes for one in networks_of(home)]
        if not asked:
            return every if len(every) == 1 else []
        exact = [one for one in every if one.choice == asked or (one.permit and spells(asked, [one.label]))]
        called = [
            one for home in homes for one in networks_of(home) if one.network_id in home.inventory.find_networks(asked)
        ]
        return exact or [one for one in called if one.permit is None] or called

    return await _find(context, user_id, asked, permits, meant, networks_of)


async def cameras(context: Context, user_id: int, asked: str, permits: Collection[str]) -> Found | None:
    """Find a camera's motion detection by its choice or name; None where there is none at all."""
    return await _find(
        context,
        user_id,
        asked,
        permits,
        lambda homes: [_motion_of(one) for one in among(homes, asked)],
        lambda home: [_motion_of(one) for one in home.reached()],
    )


async def _find(
    context: Context,
    user_id: int,
    asked: str,
    permits: Collection[str],
    meant: Callable[[Sequence[Home]], list[Switch]],
    every: Callable[[Home], list[Switch]],
) -> Found | None:
    lent = await context.permits.still(permits, ARM)
    reach = Reach(context, user_id, lent).around(asked)
    homes = await reach.homes(max_age=context.timing.inventory_age)
    if not homes and not lent:
        return None
    if not meant(homes):  # it may be younger than the list
        homes = await reach.homes(max_age=0)
    households = {one.choice: home.household for home in homes for one in every(home)}
    offered = _labelled(one for home in homes for one in every(home))
    return Found(tuple(offered[one.choice] for one in meant(homes)), tuple(offered.values()), households)
