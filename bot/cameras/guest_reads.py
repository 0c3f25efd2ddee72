"""Read somebody else's Blink account: seldom, and for each guest at most some times an hour."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.accounts import Session
from bot.blink import BlinkError, Inventory, MediaEntry
from bot.caching import BoundedCache
from bot.models import End, Ended, Progress
from bot.sharing import Shares

_MOST = 1000


@dataclass(frozen=True, slots=True)
class _Listed:
    """A list of recordings since a moment, or why there is none."""

    since: datetime
    at: datetime
    entries: list[MediaEntry] | BlinkError


class SharedReads:
    """Read each account once in `apart` seconds, and answer from memory in between."""

    def __init__(self, shares: Shares, *, apart: float, now: Callable[[], datetime]) -> None:
        self._shares = shares
        self._now = now
        self._apart = apart
        self._failures = BoundedCache[int, BlinkError](_MOST, seconds=apart)
        self._lists = BoundedCache[int, _Listed](_MOST, seconds=apart)

    async def cameras(
        self,
        guest_id: int,
        owner_id: int,
        session: Session,
        look: Callable[[float], Awaitable[Inventory]],
        *,
        max_age: float,
    ) -> tuple[Inventory, datetime | None]:
        """Return an owner's cameras; `look` asks Blink for cameras that were seen at most so many seconds ago.

        The moment is when this guest may look again, if these are older because they have looked too often. Raises
        BlinkError, and Ended if nothing was seen before that.
        """
        max_age, known = max(max_age, self._apart), session.last_inventory()
        if known and session.seen_within(max_age):
            return known, None
        if failure := self._failures.get(owner_id):
            if known:
                return known, None
            raise failure
        if again_at := self._shares.spend(guest_id, owner_id):
            if known:
                return known, again_at
            raise Ended(End.TOO_OFTEN, progress=Progress(retry_at=again_at))
        try:
            return await look(max_age), None
        except BlinkError as error:
            self._failures.put(owner_id, error)
            raise

    async def recordings(
        self, guest_id: int, owner_id: int, session: Session, *, since: datetime
    ) -> list[MediaEntry] | datetime:
        """Return an owner's recordings since a moment, or when this guest may ask again; raises BlinkError."""
        if listed := self._lists.get(owner_id):
            if isinstance(listed.entries, BlinkError):
                raise listed.entries
            return listed.entries if listed.since <= since else listed.at + timedelta(seconds=self._apart)
        if again_at := self._shares.spend(guest_id, owner_id):
            return again_at
        try:
            entries = await session.client.media_since(since)
        except BlinkError as error:
            self._lists.put(owner_id, _Listed(since, self._now(), error))
            raise
        self._lists.put(owner_id, _Listed(since, self._now(), entries))
        return entries
