"""A Blink as somebody can use it: all of their own, and of others' what those let them use."""

import asyncio
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.blink import Camera, Inventory, Unreachable, clean, distinct
from bot.models import CameraKey, Lender, split_owner

from .context import Context
from .ports import Household, Permit

_NUMBERS = re.compile(r"\d+", re.ASCII)
_LONGEST_NAME = 32
_LONGEST_ASKED = 200


@dataclass(frozen=True, slots=True)
class Reached:
    """A camera, and whose Blink it belongs to; `permit` is None where that is the person's own."""

    camera: Camera
    household: Household
    inventory: Inventory
    permit: Permit | None = None

    @property
    def choice(self) -> str:
        """What finds this camera again, for whoever may use it."""
        return self.lender.choice(str(self.camera.key)) if self.lender else str(self.camera.key)

    @property
    def names(self) -> tuple[str, ...]:
        """What its person reads: its name with its network's, or with its owner's, and where need be with both."""
        if self.lender is None:
            return (self.camera.label,)
        return self.lender.label(self.camera.name), self.lender.label(self.camera.label)

    @property
    def lender(self) -> Lender | None:
        """Whose camera it is, where it is not the person's own."""
        return lender_of(self.permit)


@dataclass(frozen=True, slots=True)
class Home:
    """A Blink that somebody can use, wholly or as far as `permits` go.

    `again_at` is when they may look again, if its cameras are older because they have looked too often.
    """

    household: Household
    inventory: Inventory
    permits: Sequence[Permit] = ()
    again_at: datetime | None = None

    @property
    def own(self) -> bool:
        """Whether it is the person's own."""
        return not self.permits

    @property
    def owner_id(self) -> int | None:
        """Whose it is, None where it is the person's own."""
        return None if self.own else self.permits[0].owner_id

    def permit_for(self, camera: CameraKey) -> Permit | None:
        """Return the permit that covers a camera."""
        account = self.household.client.account_id
        return next((one for one in self.permits if one.covers(account, camera)), None)

    def permit_for_network(self, network_id: int) -> Permit | None:
        """Return the permit that covers a whole network."""
        account = self.household.client.account_id
        return next((one for one in self.permits if one.covers_network(account, network_id)), None)

    def reached(self) -> Iterable[Reached]:
        """Yield the cameras that may be used."""
        for camera in self.inventory.cameras:
            permit = self.permit_for(camera.key)
            if self.own or permit:
                yield Reached(camera, self.household, self.inventory, permit)

    def find(self, asked: str) -> list[Reached]:
        """Return the cameras that `asked` means, by key or name, with or without their owner's."""
        found = self.inventory.find(asked)
        return [one for one in self.reached() if one.camera in found or (one.permit and spells(asked, one.names))]


def labels_of(reached: Iterable[Reached], *, brief: bool = False) -> dict[str, str]:
    """Return what tells these cameras apart for their person, by what chooses each.

    If `brief`, their own cameras are called by their names alone as long as these differ.
    """
    return told_apart(
        (one.choice, (one.camera.name, *one.names) if brief and not one.permit else one.names) for one in reached
    )


def told_apart(offered: Iterable[tuple[str, Sequence[str]]]) -> dict[str, str]:
    """Return a label for each choice that is offered, which no other has, out of its names from short to long."""
    return distinct(dict(sorted(offered, key=lambda one: [int(number) for number in _NUMBERS.findall(one[0])])))


def spells(asked: str, names: Iterable[str]) -> bool:
    """Say whether somebody typed one of these names, whatever its case."""
    wanted = clean(asked, _LONGEST_ASKED).casefold()
    return any(clean(one, _LONGEST_ASKED).casefold() == wanted for one in names)


async def inventory_of(context: Context, household: Household, max_age: float | None = None) -> Inventory:
    """Return a household's cameras, asking a second time where Blink could not be reached; raises BlinkError."""
    max_age = context.timing.inventory_age if max_age is None else max_age
    try:
        return await household.inventory(max_age=max_age)
    except Unreachable:
        await asyncio.sleep(context.timing.again)
        return await household.inventory(max_age=max_age)


def among(homes: Iterable[Home], asked: str) -> list[Reached]:
    """Return the cameras that `asked` means among those that can be used, the person's own before all others."""
    owner, choice = split_owner(asked)
    own = [one for home in homes if home.owner_id == owner for one in home.find(choice)]
    return own or [one for home in homes if owner is None and not home.own for one in home.find(choice)]


def lender_of(permit: Permit | None) -> Lender | None:
    """Return what a job remembers of a permit."""
    return Lender(permit.owner_id, clean(permit.owner_name, _LONGEST_NAME), permit.id) if permit else None
