"""The highest rates: names while one types, and `/clip` of somebody who has linked nothing."""

from bench import accounts, driver
from bench.discord_side import Use
from bench.errors import Broken
from bench.households import CAMERAS, choice
from bench.numbers import Rows
from bench.payloads import AUTOCOMPLETE, COMMAND
from bench.scale import Scale
from bench.subject import Subject, subject
from bench.town import Town

LINKED = range(1, 101)
STRANGERS = range(1_000_001, 1_000_101)
_SLOWLY, _PATIENCE = 50, 6


async def autocomplete(town: Town, scale: Scale, rows: Rows) -> None:
    """Measure how often names are offered from the cache."""
    people = driver.in_turn(LINKED)

    async def send() -> Use:
        return await town.discord.use(AUTOCOMPLETE, next(people), "")

    await _highest(town, scale, rows, "autocomplete", "names offered from the cache", send)


async def unlinked(town: Town, scale: Scale, rows: Rows) -> None:
    """Measure how often somebody is told that they have linked nothing."""
    people = driver.in_turn(STRANGERS)

    async def send() -> Use:
        who = next(people)
        return await town.discord.use(COMMAND, who, choice(who))

    await _highest(town, scale, rows, "unlinked", "`/clip` of somebody not linked", send)


async def _highest(town: Town, scale: Scale, rows: Rows, key: str, what: str, send: driver.Send) -> None:
    database = town.database(key)
    await accounts.linked(database, LINKED)
    for _ in range(scale.rounds):
        for program in ("bot", "bare"):
            async with subject(town, program, database) as one:
                await _warmed(one, send, scale.warm, wanted=CAMERAS if key == "autocomplete" else 0)
                busy = await driver.keep_busy(one, send, at_once=scale.at_once, seconds=scale.seconds)
            row = rows.add(f"{key}.rate", f"{what}: highest rate", "/s", program, busy.rate)
            row.limited += [f"{program}: {limit}" for limit in busy.limits]
            cpu = 1000 * busy.share * busy.seconds / max(1, busy.answered)
            rows.add(f"{key}.cpu", f"{what}: CPU", "ms", program, cpu)
            rows.add(f"{key}.driver", f"{what}: the driver's share of its core", "%", program, 100 * busy.own_share)


async def _warmed(one: Subject, send: driver.Send, count: int, *, wanted: int) -> None:
    """Let everybody ask before anything is measured, so that what can be in memory is there; raises Broken."""
    for _ in range(_PATIENCE):
        load = await driver.at_rate(one, send, rate=_SLOWLY, count=count)
        if load.answered == count and all(use.choices >= wanted for use in load.uses[-len(LINKED) :]):
            return
    raise Broken(f"{one.name} did not answer everybody, or not with all names")
