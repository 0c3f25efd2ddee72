"""Counts the sessions that this process begins: after 1000 in a day Discord resets the bot's token."""

import time
from collections.abc import Callable


class IdentifiesSpent(Exception):
    """Too many sessions were begun in a row: the next one has to `wait`, in seconds."""

    def __init__(self, wait: float) -> None:
        super().__init__(f"the next session has to wait {wait:.0f} s")
        self.wait = wait


class Identifies:
    """Counts IDENTIFYs: a burst for a bad day, then one per `every` seconds (150 s make 576 a day)."""

    def __init__(self, *, burst: int = 20, every: float = 150.0, clock: Callable[[], float] = time.monotonic) -> None:
        self._burst = burst
        self._every = every
        self._clock = clock
        self._spent = 0.0
        self._counted_at = clock()

    def count(self, shards: int) -> None:
        """Count one more; raises IdentifiesSpent if the burst, and two starts of all `shards`, are used up."""
        now = self._clock()
        self._spent = max(0.0, self._spent - (now - self._counted_at) / self._every)
        self._counted_at = now
        over = self._spent + 1 - (self._burst + 2 * shards)
        if over > 0:
            raise IdentifiesSpent(over * self._every)
        self._spent += 1
