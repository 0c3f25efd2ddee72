"""Blink accounts and cameras as one person can use them: their own, and what others share of theirs."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.accounts import Session
from bot.blink import Camera, Inventory, clean, distinct
from bot.models import CameraKey, Grant, Lender, split_owner

_NUMBERS = re.compile(r"\d+", re.ASCII)
_LONGEST_NAME = 32
_LONGEST_ASKED = 200


@dataclass(frozen=True, slots=True)
class AccessibleCamera:
    """A camera that a person can use; `grant` is None if it is their own."""

    camera: Camera
    session: Session
    inventory: Inventory
    grant: Grant | None = None

    @property
    def choice(self) -> str:
        """The text that finds this camera again for somebody who may use it."""
        return self.lender.choice(str(self.camera.key)) if self.lender else str(self.camera.key)

    @property
    def names(self) -> tuple[str, ...]:
        """The names that its person reads, short to long: with its system's, or its owner's, or both."""
        if self.lender is None:
            return (self.camera.label,)
        return self.lender.label(self.camera.name), self.lender.label(self.camera.label)

    @property
    def lender(self) -> Lender | None:
        """The owner, None if the camera is the person's own."""
        return lender_of(self.grant)


@dataclass(frozen=True, slots=True)
class AccessibleAccount:
    """A Blink account that a person can use, wholly or as far as `grants` go.

    `again_at` is when they may look again, if its cameras are older because they have looked too often.
    """

    session: Session
    inventory: Inventory
    grants: Sequence[Grant] = ()
    again_at: datetime | None = None

    @property
    def own(self) -> bool:
        """Whether it is the person's own."""
        return not self.grants

    @property
    def owner_id(self) -> int | None:
        """The owner, None if the account is the person's own."""
        return None if self.own else self.grants[0].owner_id

    def grant_for(self, camera: CameraKey) -> Grant | None:
        """Return the grant that covers a camera."""
        account = self.session.client.account_id
        return next((one for one in self.grants if one.covers(account, camera)), None)

    def grant_for_system(self, network_id: int) -> Grant | None:
        """Return the grant that covers a whole system."""
        account = self.session.client.account_id
        return next((one for one in self.grants if one.covers_network(account, network_id)), None)

    def cameras(self) -> Iterable[AccessibleCamera]:
        """Yield the cameras that may be used."""
        for camera in self.inventory.cameras:
            grant = self.grant_for(camera.key)
            if self.own or grant:
                yield AccessibleCamera(camera, self.session, self.inventory, grant)

    def find(self, asked: str) -> list[AccessibleCamera]:
        """Return the cameras that `asked` means, by key or name, with or without their owner's."""
        found = self.inventory.find(asked)
        return [one for one in self.cameras() if one.camera in found or (one.grant and spells(asked, one.names))]


def labels_of(reached: Iterable[AccessibleCamera], *, brief: bool = False) -> dict[str, str]:
    """Return a label for each camera that no other of them has, by its choice.

    If `brief`, their own cameras are called by their names alone as long as these differ.
    """
    return told_apart(
        (one.choice, (one.camera.name, *one.names) if brief and not one.grant else one.names) for one in reached
    )


def told_apart(offered: Iterable[tuple[str, Sequence[str]]]) -> dict[str, str]:
    """Return a label for each offered choice that no other has, from its names, short to long."""
    return distinct(dict(sorted(offered, key=lambda one: [int(number) for number in _NUMBERS.findall(one[0])])))


def spells(asked: str, names: Iterable[str]) -> bool:
    """Say if somebody typed one of these names, in any case."""
    wanted = clean(asked, _LONGEST_ASKED).casefold()
    return any(clean(one, _LONGEST_ASKED).casefold() == wanted for one in names)


def among(accounts: Iterable[AccessibleAccount], asked: str) -> list[AccessibleCamera]:
    """Return the cameras that `asked` means among those that can be used, the person's own before all others."""
    owner, choice = split_owner(asked)
    own = [one for account in accounts if account.owner_id == owner for one in account.find(choice)]
    return own or [one for account in accounts if owner is None and not account.own for one in account.find(choice)]


def lender_of(grant: Grant | None) -> Lender | None:
    """Return what a job remembers of a grant, None for none."""
    return Lender(grant.owner_id, clean(grant.owner_name, _LONGEST_NAME), grant.id) if grant else None
