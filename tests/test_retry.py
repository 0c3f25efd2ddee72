"""Calls that are repeated."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from bot.retry import RetryPolicy, retry


class Temporary(Exception):
    """A failure after which a repeat may succeed."""


class GaveUp(Exception):
    """What the policy raises in the end."""


def _failing(*errors: Exception) -> Callable[[], Awaitable[int]]:
    """Return a call that fails once with each of these errors, and then returns how often it was made."""
    left = list(errors)

    async def call() -> int:
        if left:
            raise left.pop(0)
        return len(errors) + 1

    return call


def _policy(**changes: Any) -> RetryPolicy:
    values: dict[str, Any] = {"gaps": (0.0, 0.01), "temporary": (Temporary,), "patience": 5.0} | changes
    return RetryPolicy(**values)


async def test_a_call_is_repeated_after_temporary_failures_and_each_try_is_observed() -> None:
    seen: list[str] = []
    policy = _policy(observe=lambda outcome, _: seen.append(outcome))
    assert await retry(_failing(Temporary(), TimeoutError(), Temporary()), policy) == 4
    assert seen == ["retried", "retried", "retried", "ok"]


async def test_another_error_is_raised_at_once() -> None:
    seen: list[str] = []
    with pytest.raises(LookupError):
        await retry(_failing(LookupError()), _policy(observe=lambda outcome, _: seen.append(outcome)))
    assert seen == ["refused"]


async def test_when_its_time_is_over_the_last_error_is_raised_or_what_the_policy_names() -> None:
    seen: list[str] = []
    policy = _policy(gaps=(0.01,), patience=0.0, observe=lambda outcome, _: seen.append(outcome))
    with pytest.raises(Temporary):
        await retry(_failing(Temporary()), policy)
    with pytest.raises(GaveUp):
        await retry(_failing(Temporary()), _policy(gaps=(0.01,), patience=0.0, gave_up=GaveUp))
    assert seen == ["away"]


async def test_a_try_that_hangs_is_given_up_and_repeated() -> None:
    tries: list[float] = []

    async def call() -> str:
        tries.append(asyncio.get_running_loop().time())
        if len(tries) == 1:
            await asyncio.Event().wait()
        return "answer"

    assert await retry(call, _policy(timeout=0.05)) == "answer"
    assert tries[1] - tries[0] >= 0.05
