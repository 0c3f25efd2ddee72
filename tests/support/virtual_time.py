"""An event loop whose clock jumps to the next timer: minutes of waiting take no time, and always go the same way.

Nothing here runs beside the loop: what would be a thread's work, the loop does itself, one piece in each round.
"""

import asyncio
import random
import selectors
from collections.abc import Callable
from typing import Any

import aiosqlite.core
import pytest

from bot.cameras import polling

_BEGAN = 1000.0


class _Jumps(selectors.DefaultSelector):  # type: ignore[misc, valid-type]
    """Waits for nothing: if the loop has nothing to do before its next timer, it is that late already."""

    def __init__(self) -> None:
        super().__init__()
        self.now = _BEGAN

    def select(self, timeout: float | None = None) -> list[Any]:
        ready = super().select(0)
        if not ready and timeout is None:
            raise RuntimeError("all wait, and nothing is left that could happen")
        if not ready and timeout:
            self.now += timeout
        return ready


class VirtualLoop(asyncio.SelectorEventLoop):
    """The loop of a test by its own clock."""

    def __init__(self) -> None:
        self._jumps = _Jumps()
        super().__init__(self._jumps)

    def time(self) -> float:
        return self._jumps.now

    @property
    def passed(self) -> float:
        """The seconds since this loop began."""
        return self._jumps.now - _BEGAN

    def run_in_executor(self, executor: Any, func: Callable[..., Any], *args: Any) -> asyncio.Future[Any]:  # type: ignore[override]
        future = self.create_future()
        self.call_soon(_do, future, lambda: func(*args))
        return future


class _NoThread:
    """In place of the thread of a database connection."""

    def __init__(self, **_: Any) -> None:
        self.daemon = True

    def start(self) -> None:
        """Begin nothing."""


class _Queue:
    """In place of the queue before that thread: the loop does one piece of work in each round."""

    def put_nowait(self, work: tuple[asyncio.Future[Any] | None, Callable[[], Any]]) -> None:
        future, function = work
        if future is None:
            function()
        else:
            future.get_loop().call_soon(_do, future, function)


def _do(future: asyncio.Future[Any], function: Callable[[], Any]) -> None:
    try:
        result = function()
    except BaseException as error:
        if not future.done():
            future.set_exception(error)
    else:
        if not future.done():
            future.set_result(result)


def use(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let databases and pollings of this test go by the loop, and chance by a seed."""
    monkeypatch.setattr(aiosqlite.core, "SimpleQueue", _Queue)
    monkeypatch.setattr(aiosqlite.core, "Thread", _NoThread)
    monkeypatch.setattr(polling, "monotonic", lambda: asyncio.get_running_loop().time())
    random.seed(0)
