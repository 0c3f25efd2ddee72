"""How much is done at once: never too much, and what waits says so."""

import asyncio
import random

import pytest

from bot.jobs import ConcurrencyLimits, concurrency_limits
from bot.jobs.concurrency_limits import slot
from tests.support.waiting import until


async def test_what_has_to_wait_for_longer_than_a_moment_says_so_and_when_that_is_over(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(concurrency_limits, "_A_MOMENT", 0.02)
    limits, told, over = ConcurrencyLimits(encoders=1), list[tuple[str, bool]](), asyncio.Event()

    async def encode(name: str) -> None:
        async with slot(limits.encoders, waiting=lambda waits: told.append((name, waits))):
            await over.wait()

    async with asyncio.TaskGroup() as group:
        group.create_task(encode("first"))
        group.create_task(encode("second"))
        await until(lambda: told)
        await asyncio.sleep(0.05)
        over.set()
    assert told == [("second", True), ("second", False)]


async def test_a_short_wait_is_not_worth_a_word() -> None:
    limits, told = ConcurrencyLimits(encoders=1), list[str]()
    for _ in range(3):
        async with slot(limits.encoders, waiting=lambda _: told.append("waits")):
            await asyncio.sleep(0)
    assert not told


@pytest.mark.parametrize("seed", range(20))
async def test_whatever_is_cancelled_no_slot_is_lost_and_never_too_many_are_taken(seed: int) -> None:
    chance, limits = random.Random(seed), ConcurrencyLimits(downloads=3)
    inside = done = 0

    async def download() -> None:
        nonlocal inside, done
        async with slot(limits.downloads, waiting=lambda _: None):
            inside += 1
            try:
                assert inside <= 3
                for _ in range(chance.randrange(4)):
                    await asyncio.sleep(0)
            finally:
                inside -= 1
        done += 1

    downloads = list[asyncio.Task[None]]()
    for _ in range(60):
        downloads.append(asyncio.create_task(download()))
        if chance.random() < 0.3:
            chance.choice(downloads).cancel()
        if chance.random() < 0.5:
            await asyncio.sleep(0)
    async with asyncio.timeout(10):
        ends = await asyncio.gather(*downloads, return_exceptions=True)
    cancelled = sum(isinstance(end, asyncio.CancelledError) for end in ends)
    assert done == len(downloads) - cancelled
    assert all(end is None or isinstance(end, asyncio.CancelledError) for end in ends)
    async with asyncio.timeout(10):
        for _ in range(3):
            await limits.downloads.acquire()
