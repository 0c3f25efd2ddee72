"""Many clips in flight at once: how far a process goes."""

import asyncio
import contextlib
import time
from collections.abc import AsyncGenerator

from bench import accounts, machine
from bench.numbers import Rows
from bench.recordings import recorded, warmed
from bench.scale import Scale
from bench.subject import Subject, subject
from bench.town import Town

_WITHIN = 8.0  # seconds in which all begin, before the first of them ends
_LOOK = 0.1


async def flights(town: Town, scale: Scale, rows: Rows) -> None:
    """Measure so many clips of ten seconds in flight, each with a video of 1 MiB."""
    for _ in range(scale.rounds):
        await _in_flight(town, scale, rows, scale.flights, within=_WITHIN, key="flights", what="in flight")


async def burst(town: Town, scale: Scale, rows: Rows) -> None:
    """Measure clips that all begin in one second."""
    for _ in range(scale.rounds):
        await _in_flight(town, scale, rows, scale.burst, within=1.0, key="burst", what="in one second")


async def _in_flight(town: Town, scale: Scale, rows: Rows, count: int, *, within: float, key: str, what: str) -> None:
    database, people = town.database(f"{key}-{time.monotonic_ns()}"), range(1, count + 1)
    await accounts.linked(database, people)
    async with subject(town, "bot", database, PORT="0") as one:
        await warmed(town, one, people)
        await machine.quiet(one.pid)
        before, watch = machine.rss_of(one.pid), machine.Stopwatch(one.pid)
        async with _memory(one) as sizes:
            found = await recorded(town, one, people, rate=count / within, manners=scale.manners)
        cpu = watch.cpu
    uses = found.load.uses
    in_flight = sizes[min(len(sizes) - 1, int(_WITHIN / _LOOK))]
    there = sum(bool(use.shown and use.shown > uses[0].sent + _WITHIN) for use in uses)
    for name, of_what, unit, value in (
        ("delivered", "delivered", "%", 100 * (1 - found.undelivered / count)),
        ("p50", "ack p50", "ms", 1000 * found.load.ack(0.5)),
        ("p99", "ack p99", "ms", 1000 * found.load.ack(0.99)),
        ("max", "the last ack", "ms", 1000 * found.load.ack(1.0)),
        ("told", "from “complete” to the reply", "s", found.told_after()),
        ("shown", "from listed to shown, without transfer", "s", found.shown_after()),
        ("cpu", "CPU of a clip", "ms", 1000 * cpu / count),
        ("seconds", "all of them", "s", max(use.shown or 0.0 for use in uses) - uses[0].sent),
        ("rss", "memory of each", "KiB", (in_flight - before) / max(1, there) / 2**10),
        ("peak", "most memory", "MiB", max(sizes) / 2**20),
    ):
        row = rows.add(f"{key}.{name}@{count}", f"{count:,} clips {what}: {of_what}", unit, "bot", value)
        row.limited += found.load.limits if name in ("p99", "max") else []


@contextlib.asynccontextmanager
async def _memory(one: Subject) -> AsyncGenerator[list[int]]:
    """Look at a program's memory again and again."""
    sizes = [machine.rss_of(one.pid)]

    async def look() -> None:
        while True:
            await asyncio.sleep(_LOOK)
            sizes.append(machine.rss_of(one.pid))

    looking = asyncio.create_task(look())
    try:
        yield sizes
    finally:
        looking.cancel()
        await asyncio.gather(looking, return_exceptions=True)
