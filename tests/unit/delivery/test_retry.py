"""Repeated calls to Discord."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest

from bot.delivery.retry import DiscordUnavailable, RetryPolicy, retry


def _failing(*errors: Exception) -> Callable[[], Awaitable[int]]:
    """Return a call that fails once with each of these errors, and then returns how often it was made."""
    left = list(errors)

    async def call() -> int:
        if left:
            raise left.pop(0)
        return len(errors) + 1

    return call


def _policy(**changes: Any) -> RetryPolicy:
    return replace(RetryPolicy((0.0, 0.01), 5.0, 5.0, lambda outcome, seconds: None), **changes)


async def test_a_call_is_repeated_after_temporary_failures_and_each_try_is_observed() -> None:
    seen: list[str] = []
    policy = _policy(observe=lambda outcome, _: seen.append(outcome))
    assert await retry(_failing(DiscordUnavailable(), TimeoutError(), DiscordUnavailable()), policy) == 4
    assert seen == ["retried", "retried", "retried", "ok"]


async def test_another_error_is_raised_at_once() -> None:
    seen: list[str] = []
    with pytest.raises(LookupError):
        await retry(_failing(LookupError()), _policy(observe=lambda outcome, _: seen.append(outcome)))
    assert seen == ["refused"]


@pytest.mark.parametrize("failure", [DiscordUnavailable(), TimeoutError()], ids=lambda one: type(one).__name__)
async def test_when_its_time_is_over_discord_counts_as_unavailable(failure: Exception) -> None:
    seen: list[str] = []
    policy = _policy(gaps=(0.01,), patience=0.0, observe=lambda outcome, _: seen.append(outcome))
    with pytest.raises(DiscordUnavailable):
        await retry(_failing(failure), policy)
    assert seen == ["away"]


async def test_a_try_that_hangs_is_given_up_and_repeated() -> None:
    tries: list[float] = []
    begun = asyncio.get_running_loop().time()  # not at the first try, before which its time has begun

    async def call() -> str:
        tries.append(asyncio.get_running_loop().time())
        if len(tries) == 1:
            await asyncio.Event().wait()
        return "answer"

    assert await retry(call, _policy(timeout=0.05)) == "answer"
    assert tries[1] - begun >= 0.05
