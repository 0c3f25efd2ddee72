"""Puts load on a bot: so many at once, or so many a second whatever becomes of them."""

import asyncio
import itertools
import math
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass

from . import machine
from .discord_side import IN_TIME, Use
from .numbers import percentile
from .subject import Subject

Send = Callable[[], Awaitable[Use]]

_BUSY, _IDLE = 0.85, 0.95  # shares of a core
_LONG_ENOUGH = 0.5  # seconds, to know a share from


@dataclass(frozen=True)
class Load:
    """What came of a load: every interaction, how long it lasted, and how busy both sides were."""

    uses: Sequence[Use]
    seconds: float
    answered: int
    share: float
    own_share: float
    disturbed: Sequence[str]

    @property
    def rate(self) -> float:
        """Interactions that were done with, a second."""
        return self.answered / self.seconds

    @property
    def acks(self) -> list[float]:
        """How long each acknowledgement took."""
        return [one.ack for one in self.uses]

    def ack(self, part: float) -> float:
        """Return a percentile of the acknowledgements, in seconds."""
        return percentile(self.acks, part)

    @property
    def unanswered(self) -> int:
        """How many have got no acknowledgement in time."""
        return sum(one.acked is None or one.ack > IN_TIME for one in self.uses)

    @property
    def limits(self) -> list[str]:
        """What keeps these numbers from being those of the bot alone."""
        found: list[str] = []
        if self.own_share > _BUSY and self.share < _IDLE:
            found.append(f"the driver used {self.own_share:.0%} of its core, the program {self.share:.0%}")
        return [*found, *self.disturbed]


async def keep_busy(subject: Subject, send: Send, *, at_once: int, seconds: float) -> Load:
    """Keep so many interactions under way for some time."""
    uses: list[Use] = []
    watch = machine.Stopwatch(subject.pid)
    until = time.monotonic() + seconds

    async def one_after_the_other() -> int:
        answered = 0
        while time.monotonic() < until:
            use = await send()
            uses.append(use)
            if await over(use, timeout=IN_TIME):
                answered += time.monotonic() < until
        return answered

    answered = sum(await asyncio.gather(*(one_after_the_other() for _ in range(at_once))))
    subject.check()
    return Load(uses, seconds, answered, watch.share, watch.own_share, watch.disturbed)


async def at_rate(subject: Subject, send: Send, *, rate: float, count: int, patience: float = IN_TIME) -> Load:
    """Send so many interactions, `rate` a second, and wait for each to be over or for `patience` seconds."""
    uses: list[Use] = []
    watch = machine.Stopwatch(subject.pid)
    began = time.monotonic()
    for index in range(count):
        pause = began + index / rate - time.monotonic()
        if pause > 0:
            await asyncio.sleep(pause)
        uses.append(await send())
    sent = watch.seconds
    shares, disturbed = (math.nan, math.nan), list[str]()
    if sent > _LONG_ENOUGH:
        shares, disturbed = (watch.share, watch.own_share), watch.disturbed
    over_at = time.monotonic() + patience
    done = [await over(one, timeout=max(0.0, over_at - time.monotonic())) for one in uses]
    subject.check()
    return Load(uses, max(sent, count / rate), sum(done), *shares, disturbed)


async def over(use: Use, *, timeout: float) -> bool:
    """Wait until an interaction is over, and say whether it was in time."""
    if not use.ended.done():
        await asyncio.wait({use.ended}, timeout=timeout)
    return use.ended.done()


def in_turn(numbers: Sequence[int]) -> Iterator[int]:
    """Return people one after the other, for ever."""
    return itertools.cycle(numbers)
