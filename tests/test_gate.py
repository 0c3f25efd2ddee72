"""The gate: so many at once, people in turn, and everybody told how many are before them."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import pytest

from bot.gate import Gate, Visitor
from tests.support.waiting import until

ALICE, BOB, CAROL = 1, 2, 3


class Hall:
    """A room behind a gate, which each visitor leaves when told to."""

    def __init__(self, at_once: int) -> None:
        self.gate = Gate(at_once, patience=0.0)
        self.inside: list[str] = []
        self.told: dict[str, list[int]] = {}
        self.ways_out: dict[str, asyncio.Event] = {}
        self.tasks: dict[str, asyncio.Task[None]] = {}

    async def comes(self, name: str, person: int) -> None:
        """Have somebody come, and return when they are inside or in the line."""
        told = self.told.setdefault(name, [])
        way_out = self.ways_out[name] = asyncio.Event()

        async def visit() -> None:
            async with self.gate.inside(Visitor(person, told.append)):
                self.inside.append(name)
                await way_out.wait()
                self.inside.remove(name)

        self.tasks[name] = asyncio.create_task(visit())
        await until(lambda: name in self.inside or told)

    async def goes(self, name: str) -> None:
        """Have somebody leave."""
        self.ways_out[name].set()
        await self.tasks[name]
        await asyncio.sleep(0)


@asynccontextmanager
async def hall(at_once: int) -> AsyncGenerator[Hall]:
    one = Hall(at_once)
    yield one
    for task in one.tasks.values():
        task.cancel()
    await asyncio.gather(*one.tasks.values(), return_exceptions=True)


async def test_so_many_are_inside_and_the_next_comes_in_when_one_leaves() -> None:
    async with hall(2) as room:
        for name, person in (("a", ALICE), ("b", BOB), ("c", CAROL)):
            await room.comes(name, person)
        assert room.inside == ["a", "b"]
        await room.goes("b")
        await until(lambda: room.inside == ["a", "c"])


async def test_who_asks_for_much_does_not_hold_up_the_others() -> None:
    async with hall(1) as room:
        for name, person in (("a1", ALICE), ("a2", ALICE), ("a3", ALICE), ("b1", BOB), ("b2", BOB), ("c1", CAROL)):
            await room.comes(name, person)
        assert [room.told[name][0] for name in ("a2", "a3", "b1", "b2", "c1")] == [0, 1, 1, 3, 2]
        order = [room.inside[0]]
        while room.ways_out.keys() - set(order):
            await room.goes(order[-1])
            await until(lambda: room.inside)
            order += room.inside
        assert order == ["a1", "a2", "b1", "c1", "a3", "b2"]


async def test_a_newcomer_does_not_wait_for_the_whole_line_of_somebody_else() -> None:
    async with hall(1) as room:
        for number in range(6):
            await room.comes(f"a{number}", ALICE)
        await room.goes("a0")
        await until(lambda: room.inside == ["a1"])
        await room.goes("a1")
        await until(lambda: room.inside == ["a2"])
        await room.comes("b", BOB)
        await room.goes("a2")
        await until(lambda: room.inside)
        assert room.inside == ["b"]


async def test_a_wait_is_told_again_as_it_gets_shorter() -> None:
    async with hall(1) as room:
        for name, person in (("a", ALICE), ("b", BOB), ("c", CAROL)):
            await room.comes(name, person)
        assert room.told == {"a": [], "b": [0], "c": [1]}
        await room.goes("a")
        await until(lambda: room.told["c"][-1] == 0, timeout=10)


async def test_nobody_is_told_of_a_short_wait() -> None:
    gate, told = Gate(1, patience=30.0), list[int]()
    await gate.enter("first", Visitor(ALICE, told.append))
    second = asyncio.create_task(gate.enter("second", Visitor(BOB, told.append)))
    await asyncio.sleep(0)
    gate.leave("first")
    await second
    assert told == []


@pytest.mark.parametrize("called", [False, True], ids=["in the line", "just called in"])
async def test_who_gives_up_keeps_nobody_out(called: bool) -> None:
    gate = Gate(1)
    await gate.enter("first", Visitor(ALICE))
    second = asyncio.create_task(gate.enter("second", Visitor(BOB)))
    third = asyncio.create_task(gate.enter("third", Visitor(CAROL)))
    await asyncio.sleep(0)
    if called:
        gate.leave("first")
    second.cancel()
    with pytest.raises(asyncio.CancelledError):
        await second
    if not called:
        gate.leave("first")
    await third
    gate.leave("third")
    await gate.enter("fourth", Visitor(ALICE))


async def test_what_is_inside_does_not_wait_to_be_inside() -> None:
    gate = Gate(1)
    await gate.enter("clip", Visitor(ALICE))
    await gate.enter("clip", Visitor(ALICE))
    gate.leave("clip")
    gate.leave("clip")
    await gate.enter("another", Visitor(BOB))


async def test_what_cannot_wait_is_let_in_and_the_others_wait_for_it() -> None:
    gate = Gate(1)
    gate.admit("going on")
    gate.admit("going on too")
    waiting = asyncio.create_task(gate.enter("new", Visitor(ALICE)))
    await asyncio.sleep(0)
    gate.leave("going on")
    await asyncio.sleep(0)
    assert not waiting.done()
    gate.leave("going on too")
    await waiting


@pytest.mark.parametrize("seed", range(20))
async def test_whatever_comes_and_goes_everybody_gets_in_and_never_too_many(seed: int) -> None:
    chance, gate, inside, been = random.Random(seed), Gate(3), Counter[int](), Counter[str]()

    async def visit(person: int) -> None:
        async with gate.inside(Visitor(person)):
            inside[person] += 1
            try:
                assert inside.total() <= 3
                for _ in range(chance.randrange(4)):
                    await asyncio.sleep(0)
            finally:
                inside[person] -= 1
        been["came"] += 1

    visits = list[asyncio.Task[None]]()
    for _ in range(60):
        visits.append(asyncio.create_task(visit(chance.randrange(5))))
        if chance.random() < 0.3:
            chance.choice(visits).cancel()
        if chance.random() < 0.5:
            await asyncio.sleep(0)
    async with asyncio.timeout(10):
        ends = await asyncio.gather(*visits, return_exceptions=True)
    given_up = sum(isinstance(end, asyncio.CancelledError) for end in ends)
    assert been["came"] == len(visits) - given_up
    assert not [end for end in ends if end is not None and not isinstance(end, asyncio.CancelledError)]
    async with asyncio.timeout(1):
        for key in ("x", "y", "z"):
            await gate.enter(key, Visitor(ALICE))
