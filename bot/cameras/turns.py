"""Wakes queued jobs of this process when what they wait for is free, so that nobody waits for a poll."""

import asyncio
from collections import defaultdict

from bot.models import Network

Key = Network | int  # a network, or somebody whose jobs are limited


class Turns:
    """Who waits for what."""

    def __init__(self) -> None:
        self._waiting: defaultdict[Key, set[asyncio.Event]] = defaultdict(set)

    async def wait(self, *keys: Key, timeout: float) -> None:
        """Return when one of the keys may be free, or after `timeout` seconds."""
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
        """Wake everybody who waits for one of the keys; the database decides who is next."""
        for key in keys:
            for event in self._waiting.get(key, ()):
                event.set()
