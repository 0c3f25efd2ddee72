"""The grants in each server, some seconds old: enough for suggestions, and for nothing else."""

import asyncio

from bot.models import Grant, Guest
from bot.store import GrantStore


class GrantCache:
    """Reads a server's grants once for all who type there, and again after some seconds.

    Changes by this process count at once, those by another after `seconds`. The `most_servers` servers used last are
    remembered; if a server has more than `most_grants`, each person's are read separately.
    """

    def __init__(
        self, store: GrantStore, *, seconds: float = 5.0, most_servers: int = 500, most_grants: int = 100
    ) -> None:
        self._store = store
        self._seconds = seconds
        self._most_servers = most_servers
        self._most_grants = most_grants
        self._looks: dict[int, tuple[float, asyncio.Task[list[Grant] | None]]] = {}
        self._under_way: set[asyncio.Task[list[Grant] | None]] = set()

    async def in_reach_of(self, guest: Guest, *, until: float) -> list[Grant]:
        """Return the grants to a guest where they are, perhaps with those to others there.

        `until` is by the event loop's clock; raises TimeoutError, and may raise StorageUnavailable.
        """
        if guest.guild_id is None:
            return []
        look = self._look(guest.guild_id)
        if not look.done():
            async with asyncio.timeout_at(until):
                await asyncio.shield(look)
        found = look.result()
        if found is None:
            async with asyncio.timeout_at(until):
                return await self._store.given_to(guest)
        return found

    def outdate(self, guild_id: int | None = None) -> None:
        """Forget one server's grants, or all servers'; a look under way may be from before a change."""
        if guild_id is None:
            self._looks.clear()
        else:
            self._looks.pop(guild_id, None)

    def _look(self, guild_id: int) -> asyncio.Task[list[Grant] | None]:
        now = asyncio.get_running_loop().time()
        until, look = self._looks.pop(guild_id, (now, None))
        if look is None or (look.done() and (now >= until or look.cancelled() or look.exception())):
            look, until = asyncio.create_task(self._given_in(guild_id), name="grants of a server"), now + self._seconds
            self._under_way.add(look)
            look.add_done_callback(self._heard)
        self._looks[guild_id] = until, look  # youngest last
        while len(self._looks) > self._most_servers:
            self._looks.pop(next(iter(self._looks)))
        return look

    async def _given_in(self, guild_id: int) -> list[Grant] | None:
        found = await self._store.given_in(guild_id)
        return found if len(found) <= self._most_grants else None

    def _heard(self, look: asyncio.Task[list[Grant] | None]) -> None:
        self._under_way.discard(look)
        if not look.cancelled():
            look.exception()  # those who waited have it
