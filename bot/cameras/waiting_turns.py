"""Wake the queued jobs of this process as soon as their turn may have come."""

import asyncio
from collections import defaultdict

from bot.models import Network

Key = Network | int  # a network, or somebody whose jobs are limited


class Turns:
    """The jobs that wait, by the network or person they wait for."""

    def __init__(self) -> None:
        self._waiting: defaultdict[Key, set[asyncio.Event]] = defaultdict(set)

    async def wait(self, *keys: Key, timeout: float) -> None:
        """Wait until one of the keys may be free, `timeout` seconds at most."""
        event = asyncio.Event()
        for key in keys:
            self._waiting[key].add(event)
        try:
            async with asyncio.timeout(timeout):
                await event.wait()
        except TimeoutError:
            pass
        finally:
            for key in set(keys):
                self._waiting[key].discard(event)
                if not self._waiting[key]:
                    del self._waiting[key]

    def pass_on(self, *keys: Key) -> None:
        """Wake all jobs that wait for one of the keys; the database decides which is next."""
        for key in keys:
            for event in self._waiting.get(key, ()):
                event.set()
