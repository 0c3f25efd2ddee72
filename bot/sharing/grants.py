"""Decides who may use which cameras, by the database as it stands at that moment."""

import logging
from collections import deque
from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from bot.models import Grant, Guest, Refusal, Right, Use
from bot.store import GrantStore
from bot.util import BoundedCache

from .grant_cache import GrantCache

_log = logging.getLogger(__name__)

MOST_GIVEN = 100
MOST_REFUSED = 100
MOST_AN_HOUR = 60
_KEPT = timedelta(days=30)
_HOUR = timedelta(hours=1)
_MOST_PAIRS = 10_000


class Budget:
    """Counts the requests of each guest to each owner's Blink, in this process, in the last hour.

    Blink locks accounts that are asked too much.
    """

    def __init__(self, *, most: int = MOST_AN_HOUR) -> None:
        self._most = most
        self._spent = BoundedCache[tuple[int, int], deque[datetime]](_MOST_PAIRS)

    def spend(self, user_id: int, owner_id: int, *, now: datetime) -> datetime | None:
        """Count one more request, and return None; if all are spent, return when there is one again."""
        spent = self._spent.get((user_id, owner_id))
        if spent is None:
            self._spent.put((user_id, owner_id), spent := deque())
        while spent and spent[0] <= now - _HOUR:
            spent.popleft()
        if len(spent) >= self._most:
            return spent[0] + _HOUR
        spent.append(now)
        return None


class Grants:
    """Gives, revokes and checks grants; calls `first_used` at each person's first use of one."""

    def __init__(
        self,
        store: GrantStore,
        *,
        now: Callable[[], datetime],
        first_used: Callable[[Use], None] = lambda use: None,
        most_an_hour: int = MOST_AN_HOUR,
    ) -> None:
        self._store = store
        self._known = GrantCache(store)
        self._now = now
        self._first_used = first_used
        self._budget = Budget(most=most_an_hour)

    async def open_to(self, guest: Guest, right: Right | None = None) -> list[Grant]:
        """Return the grants by which a guest may begin something now, with one right or any."""
        return self._open(await self.given_to(guest), right)

    async def offered_to(self, guest: Guest, right: Right | None, *, until: float) -> list[Grant]:
        """Return the open grants for suggestions while a guest types; they may be some seconds old.

        `until` is by the event loop's clock; raises TimeoutError.
        """
        found = await self._known.in_reach_of(guest, until=until)
        return self._open([one for one in found if one.is_for(guest)], right) if found else []

    def outdate(self) -> None:
        """Forget the grants kept for suggestions, because somebody is unlinked."""
        self._known.outdate()

    async def given_to(self, guest: Guest) -> list[Grant]:
        """Return the grants to a guest where they are now, also outside their hours."""
        if guest.guild_id is None:
            return []
        return [one for one in await self._store.given_to(guest) if one.is_for(guest) and one.holds(self._now())]

    async def given_by(self, owner_id: int) -> list[Grant]:
        """Return an owner's grants that have not ended."""
        return [one for one in await self._store.given_by(owner_id) if one.holds(self._now())]

    async def given_in(self, guild_id: int) -> list[Grant]:
        """Return the grants in a server that have not ended."""
        return [one for one in await self._store.given_in(guild_id) if one.holds(self._now())]

    async def give(self, grant: Grant) -> Grant | None:
        """Save a grant, or change the one with the same grantee and scope; return None if its owner has too many."""
        try:
            return await self._store.give(grant, most=MOST_GIVEN)
        finally:
            self._known.outdate()

    async def change_rights(self, share_id: str, rights: frozenset[Right], *, by: int) -> Grant | None:
        """Change what a person's own share allows, and return it; None if they share nothing like that now."""
        share = await self._store.grant(share_id)
        if share is None or share.owner_id != by or not share.holds(self._now()):
            return None
        changed = replace(share, rights=rights)
        try:
            return changed if await self._store.change_rights(changed) else None
        finally:
            self._known.outdate()

    async def revoke(self, grant_id: str, *, by: Guest, administrator: bool = False) -> Grant | None:
        """Delete a person's own grant, or as an administrator one of their server, and return it; else None."""
        grant = await self._store.grant(grant_id)
        if grant is None:
            return None
        own = grant.owner_id == by.user_id
        of_their_server = administrator and grant.guild_id == by.guild_id
        if not own and not of_their_server:
            return None
        try:
            return grant if await self._store.revoke(grant_id) else None
        finally:  # also if nobody knows whether the change arrived
            self._known.outdate()

    async def leave(self, grant_id: str, guest: Guest) -> Grant | None:
        """Let a guest leave a grant, and return it; None if they have no such grant here."""
        left = next((one for one in await self.given_to(guest) if one.id == grant_id), None)
        if left is None or not await self.refuse(guest.user_id, left.owner_id, left.owner_name, grant_id):
            return None
        return left

    async def refuse(self, user_id: int, owner_id: int, owner_name: str, grant_id: str = "") -> bool:
        """Refuse one grant of an owner, or all, now and later.

        Returns False if this person refuses too many already.
        """
        refusal = Refusal(user_id, owner_id, owner_name, self._now(), grant_id)
        try:
            return await self._store.refuse(refusal, most=MOST_REFUSED)
        finally:
            self._known.outdate()

    async def allow(self, user_id: int, owner_id: int) -> bool:
        """Undo a person's refusals of an owner's grants, and say whether there were any."""
        try:
            return await self._store.allow(user_id, owner_id)
        finally:
            self._known.outdate()

    async def refused_by(self, user_id: int) -> list[Refusal]:
        """Return a person's refusals, and the grants that they have left."""
        return await self._store.refusals(user_id)

    async def refuses(self, user_id: int, owner_id: int) -> bool:
        """Say whether a person refuses all grants of an owner."""
        return any(one.owner_id == owner_id and not one.grant_id for one in await self._store.refusals(user_id))

    async def uses(self, owner_id: int, *, most: int = 50, skip: int = 0) -> list[Use]:
        """Return the uses of an owner's grants in the last 30 days, newest first."""
        return await self._store.uses(owner_id, since=self._now() - _KEPT, most=most, skip=skip)

    async def still(self, grant_ids: Collection[str], what: str) -> list[Grant]:
        """Return those of these grants that have not ended and include this right; what has begun may outlast hours."""
        if not grant_ids:
            return []
        now, right = self._now(), Right(what)
        return [one for one in await self._store.these(grant_ids) if one.holds(now) and right in one.rights]

    async def used(self, grant_id: str, user_id: int, *, what: str, label: str) -> None:
        """Save a use of a grant; if the database fails, only log it, since that is not the guest's fault."""
        try:
            grant = await self._store.grant(grant_id)
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
        """Count a guest's request to an owner's Blink; return when they may ask again if that was too often."""
        return self._budget.spend(user_id, owner_id, now=self._now())

    def used_first(self, owner_id: int, guild_id: int, user_id: int, *, what: str, label: str) -> None:
        """Report a person's first use of a grant, which is saved already."""
        self._first_used(Use(owner_id, guild_id, user_id, Right(what), label, self._now()))

    def _open(self, given: Iterable[Grant], right: Right | None) -> list[Grant]:
        now = self._now()
        return [one for one in given if one.is_open(now) and (not right or right in one.rights)]

    async def forget(self) -> None:
        """Delete uses after 30 days, and grants 30 days after their end."""
        await self._store.forget(used_before=self._now() - _KEPT, ended_before=self._now() - _KEPT)
