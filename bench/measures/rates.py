"""The highest rates: names while one types, and `/clip` of somebody who has linked nothing."""

from collections.abc import Callable, Iterator
from pathlib import Path

from bench import accounts, driver, machine
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
_PARTS = (0.9, 0.75, 0.6, 0.45, 0.3)  # of the rate of a bot that is kept busy are sent evenly, until one is held
_SOON = 1.0  # seconds

Sends = Callable[[Town, Iterator[int]], driver.Send]


async def autocomplete(town: Town, scale: Scale, rows: Rows) -> None:
    """Measure how often names are offered from the cache."""

    def sends(town: Town, people: Iterator[int]) -> driver.Send:
        return lambda: town.discord.use(AUTOCOMPLETE, next(people), "")

    await _highest(town, scale, rows, "autocomplete", "names offered from the cache", LINKED, sends)


async def unlinked(town: Town, scale: Scale, rows: Rows) -> None:
    """Measure how often somebody is told that they have linked nothing."""

    def sends(town: Town, people: Iterator[int]) -> driver.Send:
        async def send() -> Use:
            who = next(people)
            return await town.discord.use(COMMAND, who, choice(who))

        return send

    await _highest(town, scale, rows, "unlinked", "`/clip` of somebody not linked", STRANGERS, sends)


async def _highest(town: Town, scale: Scale, rows: Rows, key: str, what: str, people: range, sends: Sends) -> None:
    database = town.folder / f"{key}.db"
    await accounts.linked(database, LINKED)
    for _ in range(scale.rounds):
        for program in ("bot", "bare"):
            await _once(town, scale, rows, key, what, program, database, sends(town, driver.in_turn(people)))


async def _once(
    town: Town, scale: Scale, rows: Rows, key: str, what: str, program: str, database: Path, send: driver.Send
) -> None:
    async with subject(town, program, database) as one:
        await _warmed(one, send, scale.warm, wanted=CAMERAS if key == "autocomplete" else 0)
        busy = await driver.keep_busy(one, send, at_once=scale.at_once, seconds=scale.seconds)
        rate, even = await _held(one, send, busy.rate, scale)
    row = rows.add(f"{key}.rate", f"{what}: highest rate", "/s", program, busy.rate)
    row.limited += [f"{program}: {limit}" for limit in busy.limits]
    rows.add(f"{key}.cpu", f"{what}: CPU", "ms", program, 1000 * busy.share * busy.seconds / max(1, busy.answered))
    rows.add(f"{key}.driver", f"{what}: the driver's share of its core", "%", program, 100 * busy.own_share)
    row = rows.add(f"{key}.held", f"{what}: rate held evenly", "/s", program, rate)
    if not _holds(even):
        row.limited.append(f"{program}: not even this one was held")
    for part, name in ((0.5, "p50"), (0.99, "p99"), (1.0, "max")):
        rows.add(f"{key}.{name}", f"{what}: ack {name} at that rate", "ms", program, 1000 * even.ack(part))


async def _held(one: Subject, send: driver.Send, highest: float, scale: Scale) -> tuple[float, driver.Load]:
    """Return the highest of some rates below `highest` at which acknowledgements stay below a second, or the lowest."""
    tried = [await _evenly(one, send, highest * _PARTS[0], scale)]
    for part in _PARTS[1:]:
        if _holds(tried[-1][1]):
            break
        tried.append(await _evenly(one, send, highest * part, scale))
    return tried[-1]


async def _evenly(one: Subject, send: driver.Send, rate: float, scale: Scale) -> tuple[float, driver.Load]:
    await machine.quiet(one.pid)
    rate = max(1.0, rate)
    return rate, await driver.at_rate(one, send, rate=rate, count=max(1, int(rate * scale.seconds)))


def _holds(load: driver.Load) -> bool:
    return load.ack(0.99) < _SOON and not load.unanswered


async def _warmed(one: Subject, send: driver.Send, count: int, *, wanted: int) -> None:
    """Let everybody ask before anything is measured, so that what can be in memory is there; raises Broken."""
    for _ in range(_PATIENCE):
        load = await driver.at_rate(one, send, rate=_SLOWLY, count=count)
        if load.answered == count and all(use.choices >= wanted for use in load.uses[-len(LINKED) :]):
            return
    raise Broken(f"{one.name} did not answer everybody, or not with all names")
