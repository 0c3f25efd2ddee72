"""Who may use whose cameras: what may be used is answered from the database as it stands at that moment."""

import logging
from collections.abc import Callable, Collection, Iterable
from datetime import datetime, timedelta

from bot.models import Grant, Guest, Refusal, Right, Use
from bot.store import GrantStore

from .budget import MOST_AN_HOUR, Budget
from .known import Known

_log = logging.getLogger(__name__)

MOST_GIVEN = 100
MOST_REFUSED = 100
_KEPT = timedelta(days=30)


class Grants:
    """Gives, revokes and checks grants; `first_used` hears of each person's first use of one."""

    def __init__(
        self,
        store: GrantStore,
        *,
        now: Callable[[], datetime],
        first_used: Callable[[Use], None] = lambda use: None,
        most_an_hour: int = MOST_AN_HOUR,
    ) -> None:
        self._store = store
        self._known = Known(store)
        self._now = now
        self._first_used = first_used
        self._budget = Budget(most=most_an_hour)

    async def open_to(self, guest: Guest, right: Right | None = None) -> list[Grant]:
        """Return by which grants somebody may begin something now, of one kind or of any."""
        return self._open(await self.given_to(guest), right)

    async def offered_to(self, guest: Guest, right: Right | None, *, until: float) -> list[Grant]:
        """Return the same for offering names while somebody types, as it was at most some seconds ago.

        `until` is by the event loop's clock; raises TimeoutError.
        """
        found = await self._known.in_reach_of(guest, until=until)
        return self._open([one for one in found if one.is_for(guest)], right) if found else []

    def outdate(self) -> None:
        """Offer nothing more of what was seen before now, when somebody is unlinked."""
        self._known.outdate()

    async def given_to(self, guest: Guest) -> list[Grant]:
        """Return what somebody was given where they are now, also outside its hours."""
        if guest.guild_id is None:
            return []
        return [one for one in await self._store.given_to(guest) if one.is_for(guest) and one.holds(self._now())]

    async def given_by(self, owner_id: int) -> list[Grant]:
        """Return what an owner has given that has not ended."""
        return [one for one in await self._store.given_by(owner_id) if one.holds(self._now())]

    async def given_in(self, guild_id: int) -> list[Grant]:
        """Return what anybody has given in a server that has not ended."""
        return [one for one in await self._store.given_in(guild_id) if one.holds(self._now())]

    async def give(self, grant: Grant) -> Grant | None:
        """Save a grant, or change the one for the same, and return it; None where its owner has too many already."""
        try:
            return await self._store.give(grant, most=MOST_GIVEN)
        finally:
            self._known.outdate(grant.guild_id)

    async def revoke(self, grant_id: str, *, by: Guest, administrator: bool = False) -> Grant | None:
        """Delete a grant of one's own, or as an administrator one of their server, and return it; else None."""
        grant = await self._store.grant(grant_id)
        if grant is None:
            return None
        own = grant.owner_id == by.user_id
        of_their_server = administrator and grant.guild_id == by.guild_id
        if not own and not of_their_server:
            return None
        try:
            return grant if await self._store.revoke(grant_id) else None
        finally:  # also where it is not known whether that arrived
            self._known.outdate(grant.guild_id)

    async def leave(self, grant_id: str, guest: Guest) -> Grant | None:
        """Let somebody leave what was given to them here, and return it; None if nothing such was."""
        left = next((one for one in await self.given_to(guest) if one.id == grant_id), None)
        if left is None or not await self._refuse(guest.user_id, left.owner_id, left.owner_name, grant_id):
            return None
        return left

    async def refuse(self, user_id: int, owner_id: int, owner_name: str) -> bool:
        """Let nothing that an owner gives reach somebody, now or later; False if they refuse too many already."""
        return await self._refuse(user_id, owner_id, owner_name)

    async def allow(self, user_id: int, owner_id: int) -> bool:
        """Undo what somebody has refused or left of an owner's, and say whether there was anything."""
        try:
            return await self._store.allow(user_id, owner_id)
        finally:
            self._known.outdate()

    async def refused_by(self, user_id: int) -> list[Refusal]:
        """Return whose grants somebody refuses or has left."""
        return await self._store.refusals(user_id)

    async def refuses(self, user_id: int, owner_id: int) -> bool:
        """Say whether somebody refuses all that an owner gives."""
        return any(one.owner_id == owner_id and not one.grant_id for one in await self._store.refusals(user_id))

    async def _refuse(self, user_id: int, owner_id: int, owner_name: str, grant_id: str = "") -> bool:
        refusal = Refusal(user_id, owner_id, owner_name, self._now(), grant_id)
        try:
            return await self._store.refuse(refusal, most=MOST_REFUSED)
        finally:
            self._known.outdate()

    async def uses(self, owner_id: int, *, most: int = 50, skip: int = 0) -> list[Use]:
        """Return how an owner's grants were used in the last 30 days, the newest first."""
        return await self._store.uses(owner_id, since=self._now() - _KEPT, most=most, skip=skip)

    async def still(self, permit_ids: Collection[str], what: str) -> list[Grant]:
        """Return those of these grants that are there for this and have not ended; what has begun may outlast hours."""
        if not permit_ids:
            return []
        now, right = self._now(), Right(what)
        return [one for one in await self._store.these(permit_ids) if one.holds(now) and right in one.rights]

    async def used(self, permit_id: str, user_id: int, *, what: str, label: str) -> None:
        """Write down that somebody uses a grant; a database in trouble is not theirs."""
        try:
            grant = await self._store.grant(permit_id)
            if grant is None:
                return
            use = Use(grant.owner_id, grant.guild_id, user_id, Right(what), label, self._now())
            first = await self._store.use(grant, use)
        except Exception as error:
            _log.warning("the use of a grant is not written down: %s", type(error).__name__)
            return
        if first:
            self._first_used(use)

    def spend(self, user_id: int, owner_id: int) -> datetime | None:
        """Count that somebody has an owner's Blink asked; return when they may again if that was too often already."""
        return self._budget.spend(user_id, owner_id, now=self._now())

    def used_first(self, owner_id: int, guild_id: int, user_id: int, *, what: str, label: str) -> None:
        """Have an owner told of somebody's first use, which is written down already."""
        self._first_used(Use(owner_id, guild_id, user_id, Right(what), label, self._now()))

    def _open(self, given: Iterable[Grant], right: Right | None) -> list[Grant]:
        now = self._now()
        return [one for one in given if one.is_open(now) and (not right or right in one.rights)]

    async def forget(self) -> None:
        """Delete what is kept no longer: uses after 30 days, and grants 30 days after their end."""
        await self._store.forget(used_before=self._now() - _KEPT, ended_before=self._now() - _KEPT)
