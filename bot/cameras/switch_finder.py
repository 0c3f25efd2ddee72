"""Find what can be turned on and off, among a person's own and what others share."""

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.accounts import Session
from bot.blink import Inventory
from bot.models import CameraKey, CameraRef, Right, Share

from .finder import AccessibleAccount, AccessibleCamera, CameraFinder, among, owner_of, resembling, spells, told_apart

_NUMBER = re.compile(r" \([0-9]+\)$")


@dataclass(frozen=True, slots=True)
class Switch:
    """Something that is on or off: a network (armed), or the motion detection of `camera`.

    `choice` finds it again for those who may use it, `label` tells it from the others that are offered, `names` are the
    candidates for the label, and `share` lets a guest use it. `on` is how Blink listed it, None if that is not known or
    not for this guest.
    """

    choice: str
    name: str
    label: str
    network_id: int
    camera: CameraKey | None = None
    online: bool = True
    share: Share | None = None
    names: tuple[str, ...] = ()
    on: bool | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """The switches that somebody may have meant, all they may use of that kind, and the session of each, by choice.

    `out_of_reach`: none is found, and it may be in somebody's account that could not be looked at.
    """

    meant: tuple[Switch, ...]
    offered: tuple[Switch, ...]
    sessions: Mapping[str, Session]
    out_of_reach: bool = False


def networks_of(account: AccessibleAccount) -> list[Switch]:
    """Return every network of an account that may be used as a whole, by name."""
    if account.own:
        return own_networks(account.inventory)
    return _by_name(
        replace(
            one,
            choice=owner.choice(one.choice),
            label=owner.label(one.name),
            share=share,
            on=one.on if Right.STATUS in share.rights else None,
        )
        for one in own_networks(account.inventory)
        if (share := account.share_for_system(one.network_id)) and (owner := owner_of(share))
    )


def own_networks(inventory: Inventory) -> list[Switch]:
    """Return every network of somebody's own account, by name; those of one name are told apart by their cameras."""
    labels = inventory.network_labels()
    alike = Counter(map(_unnumbered, inventory.networks.values()))
    return _by_name(
        Switch(
            str(CameraRef(number)),
            name,
            labels[number] if alike[_unnumbered(name)] > 1 else name,
            number,
            on=inventory.armed.get(number),
        )
        for number, name in inventory.networks.items()
    )


def _unnumbered(name: str) -> str:
    """Return a name as it was before it got a number because another network has the same."""
    return _NUMBER.sub("", name).casefold()


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


def _motion_of(one: AccessibleCamera) -> Switch:
    camera, names = one.camera, one.names
    network_id = camera.key.network_id
    return Switch(one.choice, camera.name, names[0], network_id, camera.key, camera.online, one.share, names)


class SwitchFinder:
    """Find switches among a person's own, and those that others share with them."""

    def __init__(self, finder: CameraFinder) -> None:
        self._finder = finder

    async def systems(self, user_id: int, asked: str, share_ids: Collection[str] = ()) -> Found | None:
        """Find a system by its choice or name, or the only one if nothing is asked for; None if there is none at all.

        Somebody else's is also found by its name with its owner's behind it.
        """

        def meant(accounts: Sequence[AccessibleAccount]) -> list[Switch]:
            every = [(account, one) for account in accounts for one in networks_of(account)]
            if not asked:
                return [one for _, one in every] if len(every) == 1 else []
            exact = [one for _, one in every if one.choice == asked or (one.share and spells(asked, [one.label]))]
            called = [one for account, one in every if one.network_id in account.inventory.find_networks(asked)]
            return exact or [one for one in called if one.share is None] or called

        return await self._find(user_id, asked, share_ids, meant, networks_of)

    async def motion(self, user_id: int, asked: str, share_ids: Collection[str] = ()) -> Found | None:
        """Find a camera's motion detection by its choice or name; None if there is none at all."""
        return await self._find(
            user_id,
            asked,
            share_ids,
            lambda accounts: [_motion_of(one) for one in among(accounts, asked)],
            lambda account: [_motion_of(one) for one in account.cameras()],
            resembling=lambda accounts: [_motion_of(one) for one in resembling(accounts, asked)],
        )

    async def _find(
        self,
        user_id: int,
        asked: str,
        share_ids: Collection[str],
        meant: Callable[[Sequence[AccessibleAccount]], list[Switch]],
        every: Callable[[AccessibleAccount], list[Switch]],
        *,
        resembling: Callable[[Sequence[AccessibleAccount]], list[Switch]] | None = None,
    ) -> Found | None:
        shares = await self._finder.shares.still(share_ids, Right.ARM)
        reach = self._finder.reach(user_id, shares).around(asked)
        accounts = await reach.accounts(max_age=self._finder.timing.inventory_age)
        if not accounts and not shares:
            return None
        if not meant(accounts):  # it may be younger than the list
            accounts = await reach.accounts(max_age=0)
        offered = _labelled(one for account in accounts for one in every(account))
        sessions = {one.choice: account.session for account in accounts for one in every(account)}
        found = meant(accounts) or (resembling(accounts) if resembling else [])
        out_of_reach = bool(reach.out_of_reach and not found and (asked or not offered))
        return Found(tuple(offered[one.choice] for one in found), tuple(offered.values()), sessions, out_of_reach)
