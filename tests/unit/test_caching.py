"""Caches and shared calls."""

import asyncio

import pytest

from bot.caching import BoundedCache, SingleFlight
from tests.support.waiting import until


class Clock:
    """A clock that goes on only if it is told to."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def test_the_value_that_was_used_longest_ago_is_dropped_first() -> None:
    cache = BoundedCache[str, int](2)
    cache.put("a", 1)
    cache.put("b", 2)
    assert cache.get("a") == 1
    cache.put("c", 3)
    assert [cache.get(key) for key in "abc"] == [1, None, 3]


def test_a_value_is_kept_for_its_time_and_may_be_too_old_for_one_reader() -> None:
    clock = Clock()
    cache = BoundedCache[str, int](9, seconds=10, clock=clock)
    cache.put("a", 1)
    cache.put("b", 2, since=-6)
    clock.seconds = 4
    assert [cache.get(key) for key in "ab"] == [1, None]
    assert cache.get("a", max_age=5) == 1
    assert cache.get("a", max_age=4) is None
    clock.seconds = 10
    assert cache.get("a") is None


def test_values_that_are_too_old_leave_with_the_next_put() -> None:
    clock = Clock()
    cache = BoundedCache[str, int](9, seconds=10, clock=clock)
    cache.put("a", 1)
    cache.put("b", 2)
    clock.seconds = 10
    cache.put("c", 3)
    cache.put("d", 4, since=0)
    assert [cache.pop(key) for key in "abcd"] == [None, None, 3, 4]


def test_a_value_can_be_dropped() -> None:
    cache = BoundedCache[str, int](9)
    cache.put("a", 1)
    cache.put("b", 2)
    assert cache.pop("a") == 1
    assert cache.pop("a") is cache.get("a") is None
    cache.clear()
    assert cache.get("b") is None


class Call:
    """A call that counts how often it is made, and answers when it is told to."""

    def __init__(self) -> None:
        self.made = 0
        self.answer = asyncio.get_running_loop().create_future()

    async def __call__(self) -> int:
        self.made += 1
        return await self.answer


async def test_all_who_wait_share_one_call_and_its_answer() -> None:
    flight, call = SingleFlight(), Call()
    waiting = [asyncio.create_task(flight.run("a", call)) for _ in range(3)]
    other = asyncio.create_task(flight.run("b", call))
    await until(lambda: call.made == 2)
    call.answer.set_result(5)
    assert await asyncio.gather(*waiting, other) == [5, 5, 5, 5]
    assert await flight.run("a", call) == 5
    assert call.made == 3, "an answer is not kept"


async def test_all_who_wait_share_an_error_and_the_next_one_asks_again() -> None:
    flight, call = SingleFlight(), Call()
    waiting = [asyncio.create_task(flight.run("a", call)) for _ in range(2)]
    await until(lambda: call.made)
    call.answer.set_exception(LookupError())
    errors = await asyncio.gather(*waiting, return_exceptions=True)
    assert [type(error) for error in errors] == [LookupError, LookupError]
    with pytest.raises(LookupError):
        await flight.run("a", call)
    assert call.made == 2


async def test_a_call_goes_on_for_the_others_if_one_who_waits_is_cancelled() -> None:
    flight, call = SingleFlight(), Call()
    first, second = (asyncio.create_task(flight.run("a", call)) for _ in range(2))
    await until(lambda: call.made)
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    call.answer.set_result(5)
    assert await second == 5


async def test_a_call_that_is_being_cancelled_is_not_shared() -> None:
    flight, call = SingleFlight(), Call()
    first = flight.begin("a", call)
    first.cancel()
    assert flight.get("a") is None
    other = flight.begin("a", Call())
    await asyncio.wait({first})
    assert flight.get("a") is other, "the end of the first call does not end the second"
    await flight.close()


async def test_at_the_close_calls_have_some_time_to_end_and_are_then_cancelled() -> None:
    flight, short, long = SingleFlight(), Call(), Call()

    async def two() -> None:
        await short()
        flight.begin("later", short)

    begun, hanging = flight.begin("short", two), flight.begin("long", long)
    asyncio.get_running_loop().call_soon(short.answer.set_result, 5)
    await flight.close(patience=0.05)
    assert begun.done()
    assert not begun.cancelled()
    assert short.made == 2, "it waits for those that begin meanwhile"
    assert hanging.cancelled()
