"""The state of the running bot: whether it is ready for commands, and its numbers for their readers."""

import asyncio
import logging
import math
from collections.abc import Callable, Coroutine, Mapping
from typing import Any

from bot.caching import SingleFlight
from bot.metrics import Metrics
from bot.store import Store, StoreError
from bot.ui import ClipBot

log = logging.getLogger("bot")


class Readiness:
    """Says whether the gateway, the database and its tables are ready for commands.

    A broken connection alone does not count: discord.py reconnects, and a host that restarts the bot for it only uses
    up IDENTIFYs. So the gateway is well from Discord's READY until the client gives up, and for `grace` seconds after
    that, in which a new client connects.
    """

    def __init__(self, store: Store, *, grace: float = 30.0, patience: float = 2.0) -> None:
        """Check `store`, which has `patience` seconds to answer."""
        self._store = store
        self._grace = grace
        self._patience = patience
        self._looking = SingleFlight()
        self._lost: ClipBot | None = None
        self._lost_at = 0.0
        self._trouble = ""

    def lost(self, client: ClipBot) -> None:
        """Note that a client has given up; one that was never ready changes nothing."""
        if client.was_ready and client is not self._lost:
            self._lost, self._lost_at = client, asyncio.get_running_loop().time()

    async def checks(self, client: ClipBot | None) -> Mapping[str, str]:
        """Return one word for each check, "ok" if all is well."""
        return {"gateway": self._gateway(client), **await self._database()}

    async def close(self) -> None:
        """Stop checking."""
        await self._looking.close()

    def _gateway(self, client: ClipBot | None) -> str:
        if client and client.was_ready and not client.is_closed():
            return "ok"
        if client:
            self.lost(client)  # it is being closed, and nobody has said so yet
        if self._lost is None:
            return "never"
        return "ok" if asyncio.get_running_loop().time() - self._lost_at < self._grace else "closed"

    async def _database(self) -> Mapping[str, str]:
        try:
            async with asyncio.timeout(self._patience):  # the look goes on for the next caller
                current = await self._looking.run("database", self._look)
        except TimeoutError:
            return {"database": "slow", "migrations": "unknown"}
        except StoreError as error:
            if self._trouble != str(error):  # anybody may ask as often as they like
                self._trouble = str(error)
                log.warning("not ready: %s", error)
            return {"database": "failed", "migrations": "unknown"}
        self._trouble = ""
        return {"database": "ok", "migrations": "ok" if current else "different"}

    async def _look(self) -> bool:
        await self._store.check()
        return await self._store.is_current()


class MetricsReader:
    """Reads the numbers, so that neither a slow database nor many readers hold up a command."""

    def __init__(
        self,
        metrics: Metrics,
        unfinished: Callable[[], Coroutine[Any, Any, Mapping[str, int]]],
        client: Callable[[], ClipBot | None],
        *,
        patience: float = 1.0,
    ) -> None:
        """Read `metrics`, with the `unfinished` clips by stage if the database counts them in `patience` seconds."""
        self._metrics = metrics
        self._client = client
        self._unfinished = unfinished
        self._patience = patience
        self._reading = SingleFlight()

    async def read(self) -> bytes:
        """Return everything in Prometheus's text format."""
        return await self._reading.run("everything", self._read)

    async def close(self) -> None:
        """Stop reading."""
        await self._reading.close()

    async def _read(self) -> bytes:
        stages = await self._stages()
        tasks, latencies = len(asyncio.all_tasks()), _latencies(self._client())
        return await asyncio.to_thread(self._metrics.written, tasks=tasks, latencies=latencies, stages=stages)

    async def _stages(self) -> Mapping[str, int] | None:
        try:
            async with asyncio.timeout(self._patience):
                return await self._reading.run("unfinished", self._unfinished)
        except TimeoutError:
            return None
        except StoreError as error:
            log.warning("the unfinished clips are not counted: %s", error)
            return None


def _latencies(client: ClipBot | None) -> dict[int, float]:
    """Return the latency of each shard that has one."""
    if client is None or client.is_closed():
        return {}
    shards: list[tuple[int, float]] = getattr(client, "latencies", [(client.shard_id or 0, client.latency)])
    return {shard: latency for shard, latency in shards if math.isfinite(latency)}
