"""The cameras that one person can use: their own, and those that others let them use."""

import asyncio
from collections.abc import Collection
from functools import partial

from bot.blink import BlinkError, SignedOut
from bot.models import End, Ended, split_owner

from .context import Context, log
from .homes import Home, Reached, inventory_of
from .ports import Permit


class Reach:
    """What one person can use; each Blink is asked only where it is needed.

    Their own comes first: a name that one of their cameras has means that one, and nobody else's Blink is asked.
    """

    def __init__(self, context: Context, user_id: int, permits: Collection[Permit] = (), *, own: bool = True) -> None:
        self._context = context
        self._user_id = user_id
        self._permits = permits
        self._with_own = own

    def around(self, asked: str) -> "Reach":
        """Return what a choice lies in: one lender's Blink where it names that, so that no other is asked; else all."""
        owner, _ = split_owner(asked)
        if owner is None:
            return self
        theirs = [one for one in self._permits if one.owner_id == owner]
        return Reach(self._context, self._user_id, theirs, own=False)

    async def home(self, owner_id: int | None, *, max_age: float) -> Home:
        """Return one Blink, the person's own for None; raises BlinkError, and Ended where it may not be used."""
        home = await (self._own(max_age=max_age) if owner_id is None else self._lent(owner_id, max_age=max_age))
        if home is None:
            raise Ended(End.NOT_LINKED if owner_id is None else End.REVOKED)
        return home

    async def find(self, asked: str, *, max_age: float) -> list[Reached]:
        """Return the cameras that `asked` means; raises BlinkError, and Ended where there is no Blink to look in."""
        owner, choice = split_owner(asked)
        if owner is not None:
            home = await self._lent(owner, max_age=max_age)
            return home.find(choice) if home else []
        trouble: SignedOut | None = None
        own = None
        try:
            own = await self._own(max_age=max_age)
        except SignedOut as error:
            if not self._permits:
                raise
            trouble = error
        if own and (found := own.find(asked)):
            return found
        found = [one for home in await self.lent(max_age=max_age) for one in home.find(asked)]
        if not found and trouble:
            raise trouble
        if not found and own is None and not self._permits:
            raise Ended(End.NOT_LINKED)
        return found

    async def homes(self, *, max_age: float) -> list[Home]:
        """Return every Blink that can be used, the person's own first.

        Raises BlinkError only for that, and SignedOut only where there is no other.
        """
        try:
            own = await self._own(max_age=max_age)
        except SignedOut:
            if lent := await self.lent(max_age=max_age):
                return lent
            raise
        return [*([own] if own else []), *await self.lent(max_age=max_age)]

    async def _own(self, *, max_age: float) -> Home | None:
        if not self._with_own:
            return None
        household = await self._context.households.session(self._user_id)
        return Home(household, await inventory_of(self._context, household, max_age)) if household else None

    async def _lent(self, owner_id: int, *, max_age: float) -> Home | None:
        permits = [one for one in self._permits if one.owner_id == owner_id]
        household = await self._context.households.session(owner_id) if permits else None
        if household is None:
            return None
        looks, guest = self._context.looks, self._user_id
        look = partial(inventory_of, self._context, household)
        inventory, again_at = await looks.cameras(guest, owner_id, household, look, max_age=max_age)
        return Home(household, inventory, permits, again_at)

    async def lent(self, *, max_age: float) -> list[Home]:
        """Return every Blink that others let this person use, as far as it can be seen now."""
        owners = dict.fromkeys(one.owner_id for one in self._permits)
        looked = await asyncio.gather(*(self._try_lent(owner, max_age=max_age) for owner in owners))
        return [home for home in looked if home]

    async def _try_lent(self, owner_id: int, *, max_age: float) -> Home | None:
        try:
            return await self._lent(owner_id, max_age=max_age)
        except (BlinkError, Ended) as error:  # one owner's trouble must not hide the other cameras
            log.info("the cameras that somebody lends: %s", error)
            return None
