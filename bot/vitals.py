"""How the running bot is: whether it is ready for commands, and its numbers as they are read."""

import asyncio
import logging
import math
from collections.abc import Callable, Coroutine, Mapping
from typing import TYPE_CHECKING, Any

from bot.store import Store, StoreError
from bot.ui import ClipBot
from bot.web import Checks

if TYPE_CHECKING:
    from bot.metrics.prometheus import Metrics

log = logging.getLogger("bot")


class Readiness:
    """Whether the gateway, the database and its tables are as commands need them.

    A Discord that makes a connection again and again is none of this: discord.py resumes it, and restarting the bot
    would only use up identifies. So the gateway is well once it has greeted us until its client gives up, and for
    `grace` seconds after that, in which a new client connects.
    """

    def __init__(self, store: Store, *, grace: float = 30.0, patience: float = 2.0) -> None:
        """Look at `store`, which has `patience` seconds to answer."""
        self._store = store
        self._grace = grace
        self._patience = patience
        self._lost_at: float | None = None

    def lost(self, client: ClipBot) -> None:
        """Hear that a client has given up; one that Discord never greeted changes nothing."""
        if client.greeted:
            self._lost_at = asyncio.get_running_loop().time()

    async def checks(self, client: ClipBot | None) -> Checks:
        """Return one word for each check, "ok" where it is well."""
        return {"gateway": self._gateway(client), **await self._database()}

    def _gateway(self, client: ClipBot | None) -> str:
        if client and client.greeted and not client.is_closed():
            return "ok"
        if self._lost_at is None:
            return "closed" if client and client.greeted else "never"
        return "ok" if asyncio.get_running_loop().time() - self._lost_at < self._grace else "closed"

    async def _database(self) -> Checks:
        try:
            async with asyncio.timeout(self._patience):
                await self._store.check()
                current = await self._store.is_current()
        except TimeoutError:
            return {"database": "slow", "migrations": "unknown"}
        except StoreError as error:
            log.warning("not ready: %s", error)
            return {"database": "failed", "migrations": "unknown"}
        return {"database": "ok", "migrations": "ok" if current else "different"}


class Reading:
    """Reads the numbers, so that neither a slow database nor many readers hold up a command."""

    def __init__(
        self,
        metrics: "Metrics",
        unfinished: Callable[[], Coroutine[Any, Any, Mapping[str, int]]],
        client: Callable[[], ClipBot | None],
        *,
        patience: float = 1.0,
    ) -> None:
        """Read `metrics`, with the `unfinished` clips by stage if the database tells them within `patience` seconds."""
        self._metrics = metrics
        self._unfinished = unfinished
        self._client = client
        self._patience = patience
        self._reading: asyncio.Task[bytes] | None = None
        self._asking: asyncio.Task[Mapping[str, int]] | None = None

    async def read(self) -> bytes:
        """Return everything in Prometheus's text format, read once for all who ask at the same time."""
        if self._reading is None or self._reading.done():
            self._reading = asyncio.create_task(self._read(), name="metrics")
        return await asyncio.shield(self._reading)

    async def close(self) -> None:
        """Leave what is still being read."""
        tasks: list[asyncio.Task[Any]] = [task for task in (self._reading, self._asking) if task]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _read(self) -> bytes:
        stages, tasks, latencies = await self._stages(), len(asyncio.all_tasks()), _latencies(self._client())
        return await asyncio.to_thread(self._metrics.written, tasks=tasks, latencies=latencies, stages=stages)

    async def _stages(self) -> Mapping[str, int] | None:
        """Ask the database, or wait for the question under way: readers hold one connection at most."""
        if self._asking is None:
            self._asking = asyncio.create_task(self._unfinished(), name="unfinished clips")
        await asyncio.wait({self._asking}, timeout=self._patience)
        if not self._asking.done():
            return None
        asked, self._asking = self._asking, None
        try:
            return asked.result()
        except StoreError as error:
            log.warning("the unfinished clips are not counted: %s", error)
            return None


def _latencies(client: ClipBot | None) -> dict[int, float]:
    """Return the latency of each shard that has one."""
    if client is None or client.is_closed():
        return {}
    shards: list[tuple[int, float]] = getattr(client, "latencies", [(client.shard_id or 0, client.latency)])
    return {shard: latency for shard, latency in shards if math.isfinite(latency)}
