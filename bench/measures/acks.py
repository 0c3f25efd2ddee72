"""How soon real clips are acknowledged while others are under way, beside commands that only acknowledge and edit."""

from collections.abc import Sequence

from bench import accounts, driver
from bench.blink_side import choice
from bench.discord_side import Use
from bench.numbers import Rows, percentile
from bench.payloads import COMMAND
from bench.recordings import recorded, warmed
from bench.scale import Scale
from bench.subject import subject
from bench.town import Town

_MOST_ROUNDS = 2
_FULL_AFTER = 12.0  # seconds until clips of ten seconds end as fast as others begin
_PER_CLIP, _PER_STRANGER = 25.0, 150.0  # a second, where this was not measured before
_MOST = 3000


async def acks(town: Town, scale: Scale, rows: Rows) -> None:
    """Measure acknowledgements at half the rate that clips can go on at, and at half that of strangers' commands."""
    cost, strangers = rows.get("clips.cpu"), rows.get("unlinked.rate")
    steady = (1000 / cost.median("bot") if cost else 2 * _PER_CLIP) / 2
    burst = (strangers.median("bot") if strangers else 2 * _PER_STRANGER) / 2
    database = town.folder / "acks.db"
    await accounts.linked(database, range(1, _MOST + 1))
    lasting = _FULL_AFTER if scale.seconds >= 1 else 0.0
    loads = [("steady", "clips at half the rate that can go on", steady, lasting + scale.seconds)]
    if scale.rounds > 1:
        loads.append(("burst", "clips at half the rate of strangers' commands", burst, scale.seconds))
    for _ in range(min(scale.rounds, _MOST_ROUNDS)):
        for key, what, rate, seconds in loads:
            count = max(1, min(_MOST, int(rate * seconds)))
            for program in ("bot", "bare"):
                load = await _sent(town, scale, program, count, rate)
                latest = load.acks[-max(1, int(rate * scale.seconds)) :]
                for part, name in ((0.5, "p50"), (0.99, "p99"), (1.0, "max")):
                    title = f"{what}: ack {name}"
                    row = rows.add(f"acks.{key}.{name}", title, "ms", program, 1000 * percentile(latest, part))
                    row.limited += [f"{program}: {limit}" for limit in load.limits]
                rows.add(f"acks.{key}.rate", f"{what}: the rate", "/s", program, rate)


async def _sent(town: Town, scale: Scale, program: str, count: int, rate: float) -> driver.Load:
    people: Sequence[int] = range(1, count + 1)
    async with subject(town, program, town.folder / "acks.db") as one:
        if program == "bot":
            await warmed(town, one, people[:50])
            return (await recorded(town, one, people, rate=rate, manners=scale.manners)).load
        waiting = iter(people)
        count = max(1, int(rate * scale.seconds))
        return await driver.at_rate(one, lambda: _stranger(town, next(waiting)), rate=rate, count=min(count, _MOST))


async def _stranger(town: Town, who: int) -> Use:
    return await town.discord.use(COMMAND, who, choice(who))
