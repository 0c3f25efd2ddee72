"""How soon real clips are acknowledged while others are under way, beside commands that only acknowledge and edit."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

from bench import accounts, driver
from bench.discord_side import Use
from bench.households import choice
from bench.numbers import Rows, percentile
from bench.payloads import COMMAND
from bench.recordings import recorded, warmed
from bench.scale import Scale
from bench.subject import subject
from bench.town import Town

_MOST_ROUNDS = 2
_FULL_AFTER = 11.0  # seconds until clips of ten seconds end as fast as others begin
_PER_CLIP, _PER_STRANGER = 25.0, 150.0  # a second, where this was not measured before
_MOST = 3000
_WARM = 50


@dataclass(frozen=True)
class Pace:
    """So many commands a second; the first `before` only fill the bot, and `count` are looked at."""

    key: str
    what: str
    rate: float
    before: int
    count: int


async def acks(town: Town, scale: Scale, rows: Rows) -> None:
    """Measure acknowledgements at half the rate that clips can go on at, and at half that of strangers' commands."""
    for _ in range(min(scale.rounds, _MOST_ROUNDS)):
        for pace in _paces(scale, rows):
            for program in ("bot", "bare"):
                load = await _sent(town, scale, program, pace)
                for part, name in ((0.5, "p50"), (0.99, "p99"), (1.0, "max")):
                    value = 1000 * percentile(load.acks[-pace.count :], part)
                    row = rows.add(f"acks.{pace.key}.{name}", f"{pace.what}: ack {name}", "ms", program, value)
                    row.limited += [f"{program}: {limit}" for limit in load.limits if name == "p99"]
                rows.add(f"acks.{pace.key}.rate", f"{pace.what}: the rate", "/s", program, pace.rate)


def _paces(scale: Scale, rows: Rows) -> list[Pace]:
    cost, strangers = rows.get("clips.cpu"), rows.get("unlinked.rate")
    steady = (1000 / cost.median("bot") if cost else 2 * _PER_CLIP) / 2
    burst = (strangers.median("bot") if strangers else 2 * _PER_STRANGER) / 2
    before = int(steady * _FULL_AFTER) if scale.rounds > 1 else 0
    paces = [Pace("steady", "clips at half the rate that can go on", steady, before, _count(scale, steady))]
    if scale.rounds > 1:
        paces.append(Pace("burst", "clips at half the rate of strangers' commands", burst, 0, _count(scale, burst)))
    return paces


def _count(scale: Scale, rate: float) -> int:
    return min(_MOST // 2, max(scale.samples, int(rate * scale.seconds)))


async def _sent(town: Town, scale: Scale, program: str, pace: Pace) -> driver.Load:
    database = town.folder / f"acks-{time.monotonic_ns()}.db"  # a new one, where no clip of an earlier load goes on
    await accounts.linked(database, range(1, _MOST + 1))
    async with subject(town, program, database) as one:
        if program == "bot":
            people: Sequence[int] = range(1, min(_MOST, pace.before + pace.count) + 1)
            await warmed(town, one, people[:_WARM])
            return (await recorded(town, one, people, rate=pace.rate, manners=scale.manners)).load
        return await driver.at_rate(one, lambda: _command(town), rate=pace.rate, count=pace.count)


async def _command(town: Town) -> Use:
    return await town.discord.use(COMMAND, 1, choice(1))
