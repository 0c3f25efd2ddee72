"""Keeps one reply up to date without flooding it: a short burst of edits, then one every two seconds."""

import asyncio
from collections.abc import Awaitable, Callable

from bot.wording import Card

_BURST = 3


class ProgressEditor:
    """Shows the progress of one job; `edit` draws a card and says whether the reply can still be edited."""

    def __init__(self, edit: Callable[[Card], Awaitable[bool]], *, every: float) -> None:
        self._edit = edit
        self._every = every
        self._wanted: Card | None = None
        self._shown: Card | None = None
        self._open = True
        self._allowance = float(_BURST)
        self._counted_at = asyncio.get_running_loop().time()
        self._hurry = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def show(self, card: Card, *, at_once: bool = False) -> None:
        """Draw `card` soon, unless a newer one comes first."""
        self._wanted = card
        if at_once:
            self._hurry.set()
        if self._open and (self._task is None or self._task.done()):
            self._task = asyncio.create_task(self._draw(), name="progress")

    def stop(self) -> None:
        """Begin no more edits."""
        self._open = False
        self._hurry.set()

    async def close(self) -> None:
        """Stop drawing, and wait for the edit under way: an older edit must never overtake the end."""
        self.stop()
        if self._task:
            await asyncio.gather(self._task, return_exceptions=True)

    async def _draw(self) -> None:
        while self._open and self._wanted is not None and self._wanted != self._shown:
            await self._allowed()
            card = self._wanted
            if not self._open or card == self._shown:
                return
            self._open = await self._edit(card) and self._open
            self._shown = card

    async def _allowed(self) -> None:
        """Wait until the next edit is allowed, or until something must be shown at once."""
        loop = asyncio.get_running_loop()
        now = loop.time()
        self._allowance = min(_BURST, self._allowance + (now - self._counted_at) / self._every)
        self._counted_at = now
        if self._allowance < 1 and not self._hurry.is_set():
            try:
                async with asyncio.timeout((1 - self._allowance) * self._every):
                    await self._hurry.wait()
            except TimeoutError:
                pass
            self._allowance = 1.0
            self._counted_at = loop.time()
        self._hurry.clear()
        self._allowance -= 1
