"""Motion alerts for many accounts: how often Blink is asked, how evenly also after a restart, and what it takes."""

import asyncio
import math
from dataclasses import dataclass

from bench import accounts as database_of
from bench import machine
from bench.numbers import Rows
from bench.scale import Scale
from bench.subject import Subject, subject
from bench.town import Town
from bench.wire import Wire, wire

_SECOND = 1.0
_FEWEST = 5  # looks from which anything can be told of one, for which a slow machine may need longer …
_LONGEST = 60.0  # … but no longer than in life two looks at an account are apart


@dataclass(frozen=True)
class _Looks:
    """The looks of some time: requests to Blink in each second, and what all of them took."""

    each_second: list[float]
    requests: int
    seconds: float
    cpu: float
    up: int
    down: int
    disturbed: list[str]

    @property
    def rate(self) -> float:
        return self.requests / self.seconds

    @property
    def count(self) -> float:
        """How many there were; NaN if there were none."""
        return self.requests or math.nan


async def watching(town: Town, scale: Scale, rows: Rows) -> None:
    """Measure the bot while people of so many accounts want to hear of motion."""
    count, database = scale.watched, town.database("watched")
    await database_of.linked(database, range(1, count + 1))
    await database_of.watched(database, range(1, count + 1))
    what = f"{count:,} accounts with alerts"
    for _ in range(2):  # the second one is a restart
        async with (
            wire(town.blink.port) as blink,
            subject(town, "bot", database, SIMULATED_BLINK=str(blink.port), PORT="0") as one,
        ):
            first = await _looked(town, one, blink, scale.first_looks)
            warm = await _looked(town, one, blink, scale.warm_looks)
            size = machine.rss_of(one.pid) / 2**20
        most = max(first.each_second + warm.each_second)
        for key, name, unit, value in (
            ("first_look", "CPU of an account's first look after a start", "ms", 1000 * first.cpu / first.count),
            ("look", "CPU of one look for an account's alerts, later", "ms", 1000 * warm.cpu / warm.count),
            ("up", "bytes to Blink for a look, later", "B", warm.up / warm.count),
            ("down", "bytes from Blink for a look, later", "B", warm.down / warm.count),
            (f"rate@{count}", f"{what}: requests to Blink", "/s", warm.rate),
            (f"most@{count}", f"{what}: the most in one second", "/s", most),
            (f"cpu@{count}", f"{what}: CPU", "%", 100 * warm.cpu / warm.seconds),
            (f"rss@{count}", f"{what}: memory, with PORT", "MiB", size),
        ):
            row = rows.add(f"watching.{key}", name, unit, "bot", value)
            row.limited += warm.disturbed if key == "look" else []


async def _looked(town: Town, one: Subject, blink: Wire, seconds: float) -> _Looks:
    """Count what is asked of Blink for so many seconds, and until it is enough to tell something of it."""
    await town.blink.told()
    passed = blink.passed.copy()
    watch = machine.Stopwatch(one.pid)
    each_second: list[float] = []
    requests = 0
    while watch.seconds < seconds or (requests < _FEWEST and watch.seconds < _LONGEST):
        began = watch.seconds
        await asyncio.sleep(_SECOND)
        asked = sum((await town.blink.told()).requests.values())
        each_second.append(asked / (watch.seconds - began))
        requests += asked
    passed = blink.passed - passed
    return _Looks(each_second, requests, watch.seconds, watch.cpu, passed["up"], passed["down"], watch.disturbed)
