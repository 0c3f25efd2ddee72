"""The shares in each server, some seconds old: enough for suggestions, and for nothing else."""

import asyncio
import time
from dataclasses import dataclass
from functools import partial

from bot.models import Guest, Share
from bot.store import ShareStore
from bot.util import BoundedCache, SingleFlight


@dataclass(frozen=True, slots=True)
class _GivenIn:
    """The shares in a server, None if they are too many to keep."""

    shares: list[Share] | None


class ShareCache:
    """Reads a server's shares once for all who type there, and again after some seconds.

    Changes by this process count at once, those by another after `seconds`. The `most_servers` servers used last are
    remembered; if a server has more than `most_grants`, each person's are read separately.
    """

    def __init__(
        self, store: ShareStore, *, seconds: float = 5.0, most_servers: int = 500, most_shares: int = 100
    ) -> None:
        self._store = store
        self._most_shares = most_shares
        self._kept = BoundedCache[int, _GivenIn](most_servers, seconds=seconds)
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
            return await self._store.given_to(guest) if found.shares is None else found.shares

    def outdate(self) -> None:
        """Forget all shares, since one has changed; a look under way may be from before that."""
        self._changes += 1
        self._kept.clear()

    async def _read(self, guild_id: int) -> _GivenIn:
        changes, began = self._changes, time.monotonic()
        shares = await self._store.given_in(guild_id)
        found = _GivenIn(shares if len(shares) <= self._most_shares else None)
        if changes == self._changes:
            self._kept.put(guild_id, found, since=began)
        return found
