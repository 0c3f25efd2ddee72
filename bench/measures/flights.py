"""Many clips in flight at once: how far a process goes."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator

from bench import accounts, machine
from bench.numbers import Rows
from bench.recordings import recorded, warmed
from bench.scale import Scale
from bench.subject import Subject, subject
from bench.town import Town

_WITHIN = 8.0  # seconds in which all begin, before the first of them ends
_WORTH_DIVIDING = 100
_LOOK = 0.1


async def flights(town: Town, scale: Scale, rows: Rows) -> None:
    """Measure so many clips of ten seconds in flight, each with a video of 1 MiB."""
    database = town.folder / "flights.db"
    await accounts.linked(database, range(1, max(scale.flights) + 1))
    for count in scale.flights:
        async with subject(town, "bot", database) as one:
            people = range(1, count + 1)
            await warmed(town, one, people)
            await machine.quiet(one.pid)
            before, watch = machine.rss_of(one.pid), machine.Stopwatch(one.pid)
            async with _memory(one) as sizes:
                found = await recorded(town, one, people, rate=max(1.0, count / _WITHIN), manners=scale.manners)
            cpu = watch.cpu
        uses = found.load.uses
        taken = max(use.shown or 0.0 for use in uses) - uses[0].sent
        in_flight = sizes[min(len(sizes) - 1, int(_WITHIN / _LOOK))]
        for key, what, unit, value in (
            ("delivered", "delivered", "%", 100 * (1 - found.undelivered / count)),
            ("p50", "ack p50", "ms", 1000 * found.load.ack(0.5)),
            ("p99", "ack p99", "ms", 1000 * found.load.ack(0.99)),
            ("max", "ack max", "ms", 1000 * found.load.ack(1.0)),
            ("told", "from “complete” to the reply", "s", found.told_after()),
            ("shown", "from listed to shown, without transfer", "s", found.shown_after()),
            ("cpu", "CPU of a clip", "ms", 1000 * cpu / count),
            ("seconds", "all of them", "s", taken),
            ("peak", "most memory", "MiB", max(sizes) / 2**20),
        ):
            row = rows.add(f"flights.{key}@{count}", f"{count:,} clips in flight: {what}", unit, "bot", value)
            row.limited += found.limits if key == "delivered" else []
        if count >= _WORTH_DIVIDING:
            there = sum(bool(use.shown and use.shown > uses[0].sent + _WITHIN) for use in uses)
            each = (in_flight - before) / max(1, there) / 2**10
            rows.add(f"flights.rss@{count}", f"{count:,} clips in flight: memory of each", "KiB", "bot", each)


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
