"""Wakes queued jobs of this process when their network is free, so that nobody waits for a poll."""

import asyncio
from collections import defaultdict

Network = tuple[int, int]  # Blink account id, network id


class Turns:
    """Who waits for which network."""

    def __init__(self) -> None:
        self._waiting: defaultdict[Network, set[asyncio.Event]] = defaultdict(set)

    async def wait(self, network: Network, *, timeout: float) -> None:
        """Return when the network may be free, or after `timeout` seconds."""
        event = asyncio.Event()
        self._waiting[network].add(event)
        try:
            async with asyncio.timeout(timeout):
                await event.wait()
        except TimeoutError:
            pass
        finally:
            self._waiting[network].discard(event)
            if not self._waiting[network]:
                del self._waiting[network]

    def pass_on(self, network: Network) -> None:
        """Wake everybody who waits for `network`; the database decides who is next."""
        for event in self._waiting.get(network, ()):
            event.set()
