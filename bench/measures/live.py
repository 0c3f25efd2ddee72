"""What a live view of 15 seconds costs, how soon it begins, and how soon after its last media the video is there."""

import asyncio
from collections.abc import Sequence
from itertools import count
from typing import Any

from bench import driver, machine
from bench.discord_side import Use
from bench.errors import NotDelivered
from bench.live_side import LiveSide, live_side, seconds_ago
from bench.numbers import Rows, median
from bench.payloads import COMMAND
from bench.recordings import PATIENCE
from bench.scale import Scale
from bench.subject import Subject, subject
from bench.town import Town

_WARM = 2.0  # seconds of the live view before anything is measured
_RELEASED = 10.5  # seconds after which the bot starts another one of the same account
_WITHIN = 2.0  # seconds in which all begin
_LOOK = 0.1
_SECONDS = 15
_PROGRAMS = {"bot": "bot", "raw live": "raw"}


async def live(town: Town, scale: Scale, rows: Rows) -> None:
    """Measure one live view alone, of noise that makes some 5 MB, and many plain ones at once."""
    database = town.database("live")
    async with live_side(town, database, max(scale.live)) as side:
        for program in _PROGRAMS:
            async with subject(town, program, database, **side.environment) as one:
                side.behave(cut_after=_WARM, noisy=scale.live[0] == 1)
                await _recorded(town, side, one, 1)
                for many in scale.live:
                    await asyncio.sleep(_RELEASED)
                    side.behave(cut_after=scale.live_cut, noisy=many == 1)
                    await machine.quiet(one.pid)
                    await _measured(town, side, one, rows, many)


async def _measured(town: Town, side: LiveSide, one: Subject, rows: Rows, many: int) -> None:
    before, cpu = machine.rss_of(one.pid), machine.cpu_with_children_of(one.pid)
    sizes = [before]
    looking = asyncio.create_task(_look(one, sizes))
    load = await _recorded(town, side, one, many)
    looking.cancel()
    cpu = machine.cpu_with_children_of(one.pid) - cpu
    delivered = [use for use in load.uses if use.shown]
    if not delivered:
        raise NotDelivered(one.name, many)
    sessions = [(use, side.world.live.of(side.cameras[use.who - 1])[-1]) for use in delivered]
    now = asyncio.get_running_loop().time()
    began = [(use, session.first_media_at) for use, session in sessions]
    firsts = [now - seconds_ago(first) - use.sent for use, first in began if first]
    lasts = [(use.shown or 0.0) - (session.ended_at or 0.0) for use, session in sessions]
    waits = side.cameras[0].behaviour.live.first_media or 0.0
    what = f"{many} live view{'s at once' if many > 1 else ''}"
    values: Sequence[tuple[str, str, str, float]] = (
        ("delivered", "delivered", "%", 100 * len(delivered) / many),
        ("cpu", "CPU of each, with the process that remuxes", "ms", 1000 * cpu / many),
        ("rss", "most memory of each, with the processes that remux", "MiB", (max(sizes) - before) / 2**20 / many),
        ("first", "from `/clip` to the first media, without the relay's delay", "s", median(firsts) - waits),
        ("last", "from the last media to the video in the reply", "s", median(lasts)),
        ("size", "media received", "MB", median([sum(map(len, session.sent)) / 1e6 for _, session in sessions])),
    )
    for key, name, unit, value in values:
        row = rows.add(f"live.{key}@{many}", f"{what}: {name}", unit, _PROGRAMS[one.name], value)
        row.limited += [f"{one.name}: {limit}" for limit in load.limits if key == "cpu"]


async def _recorded(town: Town, side: LiveSide, one: Subject, many: int) -> driver.Load:
    """Let so many people record once, and wait for their videos."""
    people = count(1)

    async def send() -> Use:
        who = next(people)
        return await town.discord.use(COMMAND, who, side.choice(who), dm=True, seconds=_SECONDS)

    return await driver.at_rate(one, send, rate=max(1.0, many / _WITHIN), count=many, patience=PATIENCE)


async def _look(one: Subject, sizes: list[int]) -> Any:
    while True:
        await asyncio.sleep(_LOOK)
        sizes.append(machine.rss_with_children_of(one.pid))
