"""Waiting in real time for something to become true, or to be done in another thread."""

import asyncio
import threading
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from .presets import TEST_PACE

Value = TypeVar("Value")

_PATIENCE = 4  # what comes at all comes in time on a machine that has four times as much to do, and costs nothing else


async def until(predicate: Callable[[], Value], timeout: float = 5.0, every: float = 0.03) -> Value:
    """Return the predicate's value as soon as it is true; raises TimeoutError after some times so many seconds."""
    async with asyncio.timeout(timeout * TEST_PACE * _PATIENCE):
        while not (value := predicate()):  # noqa: ASYNC110 - the predicate may look at anything
            await asyncio.sleep(every)
    return value


async def at_rest(value: Callable[[], object], seconds: float = 0.6, timeout: float = 10.0) -> None:
    """Wait until a value has not changed for so long; raises TimeoutError if it goes on changing."""
    async with asyncio.timeout(timeout * TEST_PACE * _PATIENCE):
        seen = None
        while seen != (seen := value()):  # noqa: ASYNC110 - the value may be anything
            await asyncio.sleep(seconds)


def in_thread(
    work: Callable[[], Coroutine[Any, Any, Value]],
    *,
    run: Callable[[Coroutine[Any, Any, Value]], Value] = asyncio.run,
) -> Value:
    """Run `work` in a loop of its own, even if this thread has one that runs."""
    results: list[Value] = []
    errors: list[BaseException] = []

    def begin() -> None:
        try:
            results.append(run(work()))
        except BaseException as error:
            errors.append(error)

    thread = threading.Thread(target=begin)
    thread.start()
    thread.join()
    if errors:
        raise errors[0]
    return results[0]
