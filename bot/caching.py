"""What is not asked again: a cache with bounds, and one call for all who want its answer at the same time."""

import asyncio
import math
import time
from collections import OrderedDict
from collections.abc import Callable, Coroutine, Hashable
from contextlib import suppress
from functools import partial
from typing import Any, Generic, TypeVar

T = TypeVar("T")
Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class BoundedCache(Generic[Key, Value]):
    """Keeps at most `most` values, each for `seconds` of the clock; drops the least recently used first."""

    def __init__(self, most: int, *, seconds: float = math.inf, clock: Callable[[], float] = time.monotonic) -> None:
        self._most = most
        self._seconds = seconds
        self._clock = clock
        self._kept: OrderedDict[Key, tuple[float, Value]] = OrderedDict()

    def get(self, key: Key, *, max_age: float = math.inf) -> Value | None:
        """Return a value that is at most `max_age` seconds old. Returns None if there is none."""
        kept = self._kept.get(key)
        if kept is None or self._clock() - kept[0] >= min(max_age, self._seconds):
            return None
        self._kept.move_to_end(key)
        return kept[1]

    def put(self, key: Key, value: Value, *, since: float | None = None) -> None:
        """Keep a value; its age counts from `since` by the clock, or from now."""
        now = self._clock()
        self._kept[key] = (now if since is None else since, value)
        self._kept.move_to_end(key)
        while self._kept:
            oldest = next(iter(self._kept.values()))[0]
            if len(self._kept) <= self._most and now - oldest < self._seconds:
                break
            self._kept.popitem(last=False)

    def pop(self, key: Key) -> Value | None:
        """Drop a value, and return it however old it is. Returns None if there is none."""
        return self._kept.pop(key, (0.0, None))[1]

    def clear(self) -> None:
        """Drop every value."""
        self._kept.clear()


class SingleFlight:
    """Makes a call once for all who want its answer at the same time.

    The call goes on if those who wait are cancelled. An error that nobody waits for is dropped.
    """

    def __init__(self) -> None:
        self._under_way: dict[Hashable, asyncio.Task[Any]] = {}

    async def run(self, key: Hashable, call: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """Return the answer to the call under way, or make the call. Raises the call's error."""
        return await asyncio.shield(self.begin(key, call))

    def begin(self, key: Hashable, call: Callable[[], Coroutine[Any, Any, T]]) -> asyncio.Task[T]:
        """Return the call under way, or begin one."""
        task = self.get(key)
        if task is None:
            task = self._under_way[key] = asyncio.create_task(call())
            task.add_done_callback(partial(self._ended, key))
        return task

    def get(self, key: Hashable) -> asyncio.Task[Any] | None:
        """Return the call under way. Returns None if there is none, or if it is being cancelled."""
        task = self._under_way.get(key)
        return None if task is None or task.done() or task.cancelling() else task

    async def close(self, *, patience: float = 0.0) -> None:
        """Wait some seconds for all calls, also those that begin meanwhile, and cancel the rest."""
        with suppress(TimeoutError):
            async with asyncio.timeout(patience):
                while self._under_way:
                    await asyncio.wait(self._under_way.values())
        for task in (left := list(self._under_way.values())):
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    def _ended(self, key: Hashable, task: asyncio.Task[Any]) -> None:
        if self._under_way.get(key) is task:
            del self._under_way[key]
        if not task.cancelled():
            task.exception()
