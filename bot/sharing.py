"""Shares: what owners of Blink accounts let others of a Discord server do with their cameras.

The database decides who may use which, as it stands at that moment; only suggestions may be older.
"""

import asyncio
import logging
import time
from collections import deque
from collections.abc import Callable, Collection, Generator, Iterable
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from bot.caching import BoundedCache, SingleFlight
from bot.models import Guest, Refusal, Right, Share, Use
from bot.store import ShareStore

_log = logging.getLogger(__name__)

MOST_GIVEN = 100
MOST_REFUSED = 100
MOST_AN_HOUR = 60
_KEPT = timedelta(days=30)
_HOUR = timedelta(hours=1)
_MOST_PAIRS = 10_000


class ShareCache:
    """Reads a server's shares once for all who type there, and again after some seconds: enough for suggestions only.

    Changes by this process count at once, those by another after `seconds`. The `most_servers` servers used last are
    remembered; if a server has more than `most_shares`, each person's are read separately.
    """

    def __init__(
        self, store: ShareStore, *, seconds: float = 5.0, most_servers: int = 500, most_shares: int = 100
    ) -> None:
        self._store = store
        self._most_shares = most_shares
        self._kept = BoundedCache[int, list[Share]](most_servers, seconds=seconds)
        self._reading = SingleFlight()
        self._changes = 0  # what was being read meanwhile may be out of date

    async def in_reach_of(self, guest: Guest, *, until: float) -> list[Share]:
        """Return the shares to a guest where they are, perhaps with those to others there.

        `until` is by the event loop's clock; raises TimeoutError, and may raise StorageUnavailable.
        """
        if guest.guild_id is None:
            return []
        found = self._kept.get(guest.guild_id)
        async with asyncio.timeout_at(until):
            if found is None:
                read = partial(self._read, guest.guild_id)
                found = await self._reading.run((guest.guild_id, self._changes), read)
            return found if len(found) <= self._most_shares else await self._store.given_to(guest)

    def outdate(self) -> None:
        """Forget all shares, since one has changed; a look under way may be from before that."""
        self._changes += 1
        self._kept.clear()

    @contextmanager
    def outdated(self) -> Generator[None]:
        """Forget all shares after a change, also if nobody knows whether it arrived."""
        try:
            yield
        finally:
            self.outdate()

    async def _read(self, guild_id: int) -> list[Share]:
        """Read the shares in a server, and keep one more of them than are kept if they are too many."""
        changes, began = self._changes, time.monotonic()
        found = (await self._store.given_in(guild_id))[: self._most_shares + 1]
        if changes == self._changes:
            self._kept.put(guild_id, found, since=began)
        return found


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


class Shares:
    """Gives, revokes and checks shares; calls `first_used` at each person's first use of one."""

    def __init__(
        self,
        store: ShareStore,
        *,
        now: Callable[[], datetime],
        first_used: Callable[[Use], None] = lambda use: None,
    ) -> None:
        self._store = store
        self._known = ShareCache(store)
        self._now = now
        self._first_used = first_used
        self._budget = Budget()

    async def open_to(self, guest: Guest, right: Right | None = None) -> list[Share]:
        """Return the shares by which a guest may begin something now, with one right or any."""
        return self._open(await self.given_to(guest), right)

    async def offered_to(self, guest: Guest, *, until: float) -> list[Share]:
        """Return the open shares for suggestions while a guest types; they may be some seconds old.

        `until` is by the event loop's clock; raises TimeoutError.
        """
        found = await self._known.in_reach_of(guest, until=until)
        return self._open([one for one in found if one.is_for(guest)], None)

    def outdate(self) -> None:
        """Forget the shares kept for suggestions, because somebody is unlinked."""
        self._known.outdate()

    async def given_to(self, guest: Guest) -> list[Share]:
        """Return the shares to a guest where they are now, also outside their hours."""
        if guest.guild_id is None:
            return []
        return [one for one in await self._store.given_to(guest) if one.is_for(guest) and one.holds(self._now())]

    async def given_by(self, owner_id: int) -> list[Share]:
        """Return an owner's shares that have not ended."""
        return [one for one in await self._store.given_by(owner_id) if one.holds(self._now())]

    async def given_in(self, guild_id: int) -> list[Share]:
        """Return the shares in a server that have not ended."""
        return [one for one in await self._store.given_in(guild_id) if one.holds(self._now())]

    async def give(self, share: Share) -> Share | None:
        """Save a share, or change the one with the same guest and scope; return None if its owner has too many."""
        with self._known.outdated():
            return await self._store.give(share, most=MOST_GIVEN)

    async def change_rights(self, share_id: str, rights: frozenset[Right], *, by: int) -> Share | None:
        """Change what a person's own share allows, and return it; None if they share nothing like that now."""
        share = await self._store.share(share_id)
        if share is None or share.owner_id != by or not share.holds(self._now()):
            return None
        changed = replace(share, rights=rights)
        with self._known.outdated():
            return changed if await self._store.change_rights(changed) else None

    async def revoke(self, share_id: str, *, by: Guest, administrator: bool = False) -> Share | None:
        """Delete a person's own share, or as an administrator one of their server, and return it; else None."""
        share = await self._store.share(share_id)
        if share is None:
            return None
        if share.owner_id != by.user_id and not (administrator and share.guild_id == by.guild_id):
            return None
        with self._known.outdated():
            return share if await self._store.revoke(share_id) else None

    async def leave(self, share_id: str, guest: Guest) -> Share | None:
        """Let a guest leave a share, and return it; None if they have no such share here."""
        left = next((one for one in await self.given_to(guest) if one.id == share_id), None)
        if left is None or not await self.refuse(guest.user_id, left.owner_id, left.owner_name, share_id):
            return None
        return left

    async def refuse(self, user_id: int, owner_id: int, owner_name: str, share_id: str = "") -> bool:
        """Refuse one share of an owner, or all, now and later.

        Returns False if this person refuses too many already.
        """
        refusal = Refusal(user_id, owner_id, owner_name, self._now(), share_id)
        with self._known.outdated():
            return await self._store.refuse(refusal, most=MOST_REFUSED)

    async def allow(self, user_id: int, owner_id: int) -> bool:
        """Undo a person's refusals of an owner's shares, and say whether there were any."""
        with self._known.outdated():
            return await self._store.allow(user_id, owner_id)

    async def refused_by(self, user_id: int) -> list[Refusal]:
        """Return a person's refusals, and the shares that they have left."""
        return await self._store.refusals(user_id)

    async def refuses(self, user_id: int, owner_id: int) -> bool:
        """Say whether a person refuses all shares of an owner."""
        return any(one.owner_id == owner_id and not one.share_id for one in await self._store.refusals(user_id))

    async def uses(self, owner_id: int, *, most: int, skip: int = 0) -> list[Use]:
        """Return the uses of an owner's shares in the last 30 days, newest first."""
        return await self._store.uses(owner_id, since=self._now() - _KEPT, most=most, skip=skip)

    async def still(self, share_ids: Collection[str], what: str) -> list[Share]:
        """Return those of these shares that have not ended and include this right; what has begun may outlast hours."""
        if not share_ids:
            return []
        now, right = self._now(), Right(what)
        return [one for one in await self._store.these(share_ids) if one.holds(now) and right in one.rights]

    async def used(self, share_id: str, user_id: int, *, what: str, label: str) -> None:
        """Save a use of a share; if the database fails, only log it, since that is not the guest's fault."""
        try:
            share = await self._store.share(share_id)
            if share is None:
                return
            use = Use(share.owner_id, share.guild_id, user_id, Right(what), label, self._now())
            first = await self._store.use(share, use)
        except Exception as error:
            _log.warning("the use of a share is not written down: %s", type(error).__name__)
            return
        if first:
            self._first_used(use)

    def spend(self, user_id: int, owner_id: int) -> datetime | None:
        """Count a guest's request to an owner's Blink; return when they may ask again if that was too often."""
        return self._budget.spend(user_id, owner_id, now=self._now())

    def used_first(self, owner_id: int, guild_id: int, user_id: int, *, what: str, label: str) -> None:
        """Report a person's first use of a share, which is saved already."""
        self._first_used(Use(owner_id, guild_id, user_id, Right(what), label, self._now()))

    def _open(self, given: Iterable[Share], right: Right | None) -> list[Share]:
        now = self._now()
        return [one for one in given if one.is_open(now) and (not right or right in one.rights)]

    async def forget(self) -> None:
        """Delete uses after 30 days, and shares 30 days after their end."""
        await self._store.forget(used_before=self._now() - _KEPT, ended_before=self._now() - _KEPT)
