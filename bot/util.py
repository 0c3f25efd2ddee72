"""Small mechanisms that every room shares: one bounded cache, one single flight, one retry."""

import asyncio
import math
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Coroutine, Hashable, Sequence
from contextlib import suppress
from dataclasses import dataclass
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


def _unobserved(outcome: str, seconds: float) -> None:
    """Ignore the outcome of a try."""


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """The rules for trying a failed call again; times are seconds.

    `gaps` are the pauses between tries; the last one repeats until `patience` is over. Each try has `timeout`.
    `temporary` are the errors after which a call is tried again; `gave_up` is raised in place of the last of them.
    `observe` gets the outcome (ok, retried, away, refused) and the seconds of each try.
    """

    gaps: Sequence[float]
    temporary: tuple[type[Exception], ...] = ()
    patience: float = math.inf
    timeout: float | None = None
    gave_up: type[Exception] | None = None
    observe: Callable[[str, float], None] = _unobserved


async def retry(call: Callable[[], Awaitable[T]], policy: RetryPolicy) -> T:
    """Make an idempotent call until it succeeds.

    Raises `policy.gave_up`, or the last error, if the call still fails when its time is over. Raises other errors at
    once.
    """
    clock = asyncio.get_running_loop().time
    deadline, tries = clock() + policy.patience, 0
    while True:
        began = clock()
        try:
            async with asyncio.timeout(policy.timeout):
                answer = await call()
        except (TimeoutError, *policy.temporary):
            gap = policy.gaps[min(tries, len(policy.gaps) - 1)]
            tries += 1
            over = clock() + gap > deadline
            policy.observe("away" if over else "retried", clock() - began)
            if over and policy.gave_up:
                raise policy.gave_up from None
            if over:
                raise
        except Exception:
            policy.observe("refused", clock() - began)
            raise
        else:
            policy.observe("ok", clock() - began)
            return answer
        await asyncio.sleep(gap)
