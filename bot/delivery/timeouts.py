"""How often Discord is asked, and for how long."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import TypeVar

from bot.metrics import Metrics

from .errors import DiscordUnavailable

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class DeliveryTimeouts:
    """How often a reply is edited, and how long a call is repeated; seconds."""

    every: float = 2.0
    gaps: Sequence[float] = (0.5, 1.0, 2.0, 5.0, 10.0, 30.0)
    patience: float = 900.0
    progress_timeout: float = 10.0
    upload_timeout: float = 120.0
    slow: float = 30.0  # from the command to its end; after that its person has perhaps looked away


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """The rules for trying a failed call again; times are seconds.

    `gaps` are the pauses between tries; the last one repeats until `patience` is over. Each try has `timeout`.
    `observe` gets the outcome (ok, retried, away, refused) and the seconds of each try.
    """

    gaps: Sequence[float]
    patience: float
    timeout: float
    observe: Callable[[str, float], None]


class RetryPolicies:
    """How each kind of call to Discord is repeated, and `slow`: after that, an end is also told directly."""

    def __init__(self, timeouts: DeliveryTimeouts, metrics: Metrics) -> None:
        brief = timeouts.progress_timeout
        self.slow = timedelta(seconds=timeouts.slow)

        def policy(kind: str, *, timeout: float, patience: float) -> RetryPolicy:
            return RetryPolicy(timeouts.gaps, patience, timeout, partial(metrics.delivery, kind))

        self.progress = policy("progress", timeout=brief, patience=0.0)  # one try: the next edit makes up for it
        self.question = policy("text", timeout=brief, patience=brief)  # somebody waits, and can do without an answer
        self.text = policy("text", timeout=brief, patience=timeouts.patience)
        self.keep = policy("video", timeout=timeouts.upload_timeout, patience=brief)  # somebody waits, and can retry
        self.upload = policy("video", timeout=timeouts.upload_timeout, patience=timeouts.patience)


async def retry(call: Callable[[], Awaitable[T]], policy: RetryPolicy) -> T:
    """Make an idempotent call until it succeeds.

    Raises DiscordUnavailable if the call still fails when its time is over. Raises other errors at once.
    """
    clock = asyncio.get_running_loop().time
    deadline, tries = clock() + policy.patience, 0
    while True:
        began = clock()
        try:
            async with asyncio.timeout(policy.timeout):
                answer = await call()
        except (TimeoutError, DiscordUnavailable):
            gap = policy.gaps[min(tries, len(policy.gaps) - 1)]
            tries += 1
            over = clock() + gap > deadline
            policy.observe("away" if over else "retried", clock() - began)
            if over:
                raise DiscordUnavailable from None
        except Exception:
            policy.observe("refused", clock() - began)
            raise
        else:
            policy.observe("ok", clock() - began)
            return answer
        await asyncio.sleep(gap)
