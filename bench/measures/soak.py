"""Half an hour of everyday use: whether memory grows."""

import asyncio

from bench import accounts, driver, machine
from bench.discord_side import Use
from bench.households import choice
from bench.numbers import Rows, slope
from bench.payloads import AUTOCOMPLETE, COMMAND
from bench.recordings import PATIENCE, typed
from bench.scale import Scale
from bench.subject import subject
from bench.town import Town

_PEOPLE = range(1, 601)
_CLIPS, _TYPED = 2.0, 5.0  # a second
_LOOK = 1.0


async def soak(town: Town, scale: Scale, rows: Rows) -> None:
    """Measure memory while people record, type, and wait for alerts."""
    database = town.database("soak")
    await accounts.linked(database, _PEOPLE)
    await accounts.watched(database, _PEOPLE)
    recording, typing = driver.in_turn(_PEOPLE), driver.in_turn(_PEOPLE)

    async def clip() -> Use:
        who = next(recording)
        return await town.discord.use(COMMAND, who, choice(who), dm=True)

    async def names() -> Use:
        return await town.discord.use(AUTOCOMPLETE, next(typing), "")

    await town.blink.behave(scale.manners)
    async with subject(town, "bot", database, PORT="0") as one:
        await typed(town, one, _PEOPLE)
        watch, sizes = machine.Stopwatch(one.pid), list[tuple[float, float]]()
        looking = asyncio.create_task(_look(one.pid, watch, sizes))
        clips, _ = await asyncio.gather(
            driver.at_rate(one, clip, rate=_CLIPS, count=int(_CLIPS * scale.soak), patience=PATIENCE),
            driver.at_rate(one, names, rate=_TYPED, count=int(_TYPED * scale.soak)),
        )
        looking.cancel()
        cpu = watch.share
    what, half = f"{scale.soak / 60:.3g} minutes of use", [at for at in sizes if at[0] > scale.soak / 2]
    for key, name, unit, value in (
        ("grows", "memory grows in an hour, by the second half", "MiB", 3600 * slope(half)),
        ("half", "memory after half of it", "MiB", half[0][1]),
        ("end", "memory at the end", "MiB", half[-1][1]),
        ("delivered", f"delivered of {len(clips.uses):,} clips", "%", 100 * clips.answered / len(clips.uses)),
        ("p99", "ack p99", "ms", 1000 * clips.ack(0.99)),
        ("cpu", "CPU", "%", 100 * cpu),
    ):
        rows.add(f"soak.{key}", f"{what}: {name}", unit, "bot", value)


async def _look(pid: int, watch: machine.Stopwatch, sizes: list[tuple[float, float]]) -> None:
    while True:
        sizes.append((watch.seconds, machine.rss_of(pid) / 2**20))
        await asyncio.sleep(_LOOK)
