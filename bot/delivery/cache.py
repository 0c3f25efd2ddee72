"""A cache with a bound on its size and on the age of what it holds."""

import math
import time
from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class BoundedCache(Generic[Key, Value]):
    """Keeps at most `most` values, each for `seconds`; drops the least recently used first."""

    def __init__(self, *, most: int, seconds: float = math.inf) -> None:
        self._most = most
        self._seconds = seconds
        self._kept: OrderedDict[Key, tuple[float, Value]] = OrderedDict()

    def get(self, key: Key, *, max_age: float | None = None) -> Value | None:
        """Return a value that is at most `max_age` seconds old. Returns None if there is none."""
        kept = self._kept.get(key)
        seconds = self._seconds if max_age is None else max_age
        if kept is None or time.monotonic() - kept[0] >= seconds:
            return None
        self._kept.move_to_end(key)
        return kept[1]

    def put(self, key: Key, value: Value, *, since: float | None = None) -> None:
        """Keep a value, which is true since a moment of the monotonic clock or since now."""
        self._kept[key] = (time.monotonic() if since is None else since, value)
        self._kept.move_to_end(key)
        if len(self._kept) > self._most:
            self._kept.popitem(last=False)

    def clear(self) -> None:
        """Drop every value."""
        self._kept.clear()
