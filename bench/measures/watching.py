"""Motion alerts for many accounts: how often Blink is asked, how evenly also after a restart, and what it takes."""

import asyncio

from bench import accounts as database_of
from bench import machine
from bench.numbers import Rows
from bench.scale import Scale
from bench.subject import Subject, subject
from bench.town import Town

_SECOND = 1.0


async def watching(town: Town, scale: Scale, rows: Rows) -> None:
    """Measure the bot while people of so many accounts want to hear of motion."""
    count = scale.watched
    database = town.folder / f"watched-{count}.db"
    await database_of.linked(database, range(1, count + 1))
    await database_of.watched(database, range(1, count + 1))
    for _ in range(2):  # the second one is a restart
        async with subject(town, "bot", database) as one:
            await _watched(town, one, scale, rows)


async def _watched(town: Town, one: Subject, scale: Scale, rows: Rows) -> None:
    what, key = f"{scale.watched:,} accounts with alerts", scale.watched
    await town.blink.told()
    watch = machine.Stopwatch(one.pid)
    seconds: list[float] = []
    while watch.seconds < scale.watch_for:
        began = watch.seconds
        await asyncio.sleep(_SECOND)
        told = await town.blink.told()
        seconds.append(sum(told.requests.values()) / (watch.seconds - began))
    looks = sum(seconds) / len(seconds) * watch.seconds
    rows.add("watching.look", "CPU of one look for an account's alerts", "ms", "bot", 1000 * watch.cpu / max(1, looks))
    cpu = 100 * watch.cpu / watch.seconds
    rows.add(f"watching.rate@{key}", f"{what}: requests to Blink", "/s", "bot", sum(seconds) / len(seconds))
    rows.add(f"watching.most@{key}", f"{what}: the most in one second", "/s", "bot", max(seconds))
    rows.add(f"watching.cpu@{key}", f"{what}: CPU", "%", "bot", cpu)
    rows.add(f"watching.rss@{key}", f"{what}: memory", "MiB", "bot", machine.rss_of(one.pid) / 2**20)
