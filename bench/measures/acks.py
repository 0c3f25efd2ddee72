"""How soon clips are acknowledged at a fixed rate, beside programs that only acknowledge; also from far away."""

import time
from collections.abc import Sequence

from bench import accounts, driver
from bench.discord_side import Use
from bench.households import choice
from bench.numbers import Rows, percentile
from bench.payloads import COMMAND
from bench.recordings import Recordings, recorded, warmed
from bench.scale import Scale
from bench.subject import subject
from bench.town import Town
from bench.wire import wire

RATE = 12.0  # a second
_FULL_AFTER = 11.0  # seconds until clips of ten seconds end as fast as others begin
_WARM = 50
_DELAY = 0.04  # seconds, each way


async def acks(town: Town, scale: Scale, rows: Rows) -> None:
    """Measure acknowledgements of 12 commands a second, of each program in turn."""
    for _ in range(scale.rounds):
        for program in ("bot", "durable", "bare"):
            await acknowledged(town, scale, rows, "acks", f"{RATE:g} clips a second", program)


async def far(town: Town, scale: Scale, rows: Rows) -> None:
    """Measure the same with Discord and Blink 40 ms away."""
    what = f"{RATE:g} clips a second, {1000 * _DELAY:g} ms away"
    async with wire(town.discord_port, delay=_DELAY) as discord, wire(town.blink.port, delay=_DELAY) as blink:
        there = {"SIMULATED_DISCORD": str(discord.port), "SIMULATED_BLINK": str(blink.port)}
        for program in ("durable", "bare"):
            await acknowledged(town, scale, rows, "far", what, program, **there)
        found = await recording(town, scale, rows, "far", what, **there)
    rows.add("far.told", f"{what}: from “complete” to the reply", "s", "bot", found.told_after())
    rows.add("far.shown", f"{what}: from listed to shown, without transfer", "s", "bot", found.shown_after())


async def acknowledged(
    town: Town, scale: Scale, rows: Rows, key: str, what: str, program: str, **settings: str
) -> None:
    """Measure a program's acknowledgements."""
    if program == "bot":
        await recording(town, scale, rows, key, what, **settings)
        return

    async def send() -> Use:
        return await town.discord.use(COMMAND, 1, choice(1))

    async with subject(town, program, **settings) as one:
        await driver.at_rate(one, send, rate=_WARM, count=_WARM)
        load = await driver.at_rate(one, send, rate=RATE, count=scale.samples)
    _tell(scale, rows, key, what, program, load, load.limits)


async def recording(
    town: Town,
    scale: Scale,
    rows: Rows,
    key: str,
    what: str,
    database: str | None = None,
    rate: float = RATE,
    /,
    **settings: str,
) -> Recordings:
    """Measure the bot's acknowledgements once as many clips end as begin; each is another person's."""
    database = database or town.database(f"{key}-{time.monotonic_ns()}")  # no clip of an earlier load goes on in it
    filling = int(rate * _FULL_AFTER) if scale.samples > _WARM else 0
    people = range(1, filling + scale.samples + 1)
    await accounts.linked(database, people)
    async with subject(town, "bot", database, **settings) as one:
        await warmed(town, one, people)
        found = await recorded(town, one, people, rate=rate, manners=scale.manners)
    _tell(scale, rows, key, what, "bot", found.load, found.limits)
    return found


def _tell(
    scale: Scale, rows: Rows, key: str, what: str, program: str, load: driver.Load, limits: Sequence[str]
) -> None:
    for part, name in ((0.5, "p50"), (0.99, "p99"), (1.0, "max")):
        value = 1000 * percentile(load.acks[-scale.samples :], part)
        row = rows.add(f"{key}.{name}", f"{what}: ack {name} of {scale.samples:,}", "ms", program, value)
        row.limited += [f"{program}: {limit}" for limit in limits]
    rows.add(f"{key}.cpu", f"{what}: CPU", "%", program, 100 * load.share)
