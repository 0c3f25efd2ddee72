"""How long each kind of call to Discord is repeated, and who hears of it."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import TypeVar

from .pace import Pace
from .steady import steadily

Answer = TypeVar("Answer")
Observe = Callable[[str, str, float], None]
"""Hears of each try: what was shown, its outcome and its seconds."""


def unobserved(call: str, outcome: str, seconds: float) -> None:
    """Take no notice."""


class Patience:
    """Makes calls by one pace; each raises DiscordAway, and at once any refusal."""

    def __init__(self, pace: Pace, observe: Observe) -> None:
        self._pace = pace
        self._observe = observe

    async def once(self, call: Callable[[], Awaitable[Answer]]) -> Answer:
        """Show progress: a try that fails is nobody's loss."""
        return await self._steadily(call, "progress", timeout=self._pace.progress_timeout, patience=0.0)

    async def briefly(self, call: Callable[[], Awaitable[Answer]]) -> Answer:
        """Ask what somebody waits for, and who can do without an answer."""
        brief = self._pace.progress_timeout
        return await self._steadily(call, "text", timeout=brief, patience=brief)

    async def text(self, call: Callable[[], Awaitable[Answer]]) -> Answer:
        """Ask, or show something without a file."""
        return await self._steadily(call, "text", timeout=self._pace.progress_timeout, patience=self._pace.patience)

    async def file(self, call: Callable[[], Awaitable[Answer]]) -> Answer:
        """Show something with a file."""
        return await self._steadily(call, "video", timeout=self._pace.upload_timeout, patience=self._pace.patience)

    async def _steadily(
        self, call: Callable[[], Awaitable[Answer]], what: str, *, timeout: float, patience: float
    ) -> Answer:
        observe = partial(self._observe, what)
        return await steadily(call, gaps=self._pace.gaps, timeout=timeout, patience=patience, observe=observe)
