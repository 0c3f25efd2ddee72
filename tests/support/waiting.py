"""Waiting in real time for something to become true."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

Value = TypeVar("Value")


async def until(predicate: Callable[[], Value], timeout: float = 5.0, every: float = 0.01) -> Value:
    """Return the predicate's value as soon as it is true; TimeoutError if that takes too long."""
    async with asyncio.timeout(timeout):
        while not (value := predicate()):  # noqa: ASYNC110 - the predicate may look at anything
            await asyncio.sleep(every)
    return value
