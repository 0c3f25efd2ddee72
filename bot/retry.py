"""Repeats a call until it succeeds or its time is over."""

import asyncio
import math
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")


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
