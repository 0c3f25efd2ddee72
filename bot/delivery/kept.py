"""Answers that are true for a while."""

import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class Kept(Generic[Key, Value]):
    """Keeps answers for `seconds`, at most so many: those that were asked for longest ago go first."""

    def __init__(self, *, seconds: float, most: int) -> None:
        self._seconds = seconds
        self._most = most
        self._answers: OrderedDict[Key, tuple[float, Value]] = OrderedDict()

    async def get(self, key: Key, ask: Callable[[], Awaitable[Value]], *, max_age: float | None = None) -> Value:
        """Return the answer that is kept, or ask for one and keep it; what is raised is not kept.

        `max_age` is how many seconds old it may be, if that is less than for all others.
        """
        kept, asked_at = self._answers.get(key), time.monotonic()
        if kept and asked_at - kept[0] < (self._seconds if max_age is None else max_age):
            self._answers.move_to_end(key)
            return kept[1]
        answer = await ask()
        self._answers[key] = (asked_at, answer)
        self._answers.move_to_end(key)
        if len(self._answers) > self._most:
            self._answers.popitem(last=False)
        return answer
