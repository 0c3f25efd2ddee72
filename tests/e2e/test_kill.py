"""kill -9 at seeded moments of many clips' lives: one recording at most for each, and every reply ends truthfully."""

import asyncio
import random
from collections import Counter
from pathlib import Path

import pytest

from simulators.blink import LiveBehaviour
from simulators.demo.tls import Authority
from tests.support import sweeps
from tests.support.bots import Bots, bots
from tests.support.clip_load import ClipLoad, manners
from tests.support.databases import Outside, SqliteFile
from tests.support.house import House, built
from tests.support.waiting import until

KILLS = sweeps.amount(2, 6, 200)
LONGEST = 3.0  # seconds of life: somewhat longer than a clip takes


def furnish(town: ClipLoad) -> None:
    """Let cameras of every manner be used at the same time."""
    town.household(manners())
    town.household(manners(), share=True)
    town.household(manners(busy_first=0.8))
    town.household(manners(), manners())  # one waits for the other
    town.household(manners(), manners(busy_first=0.5), manners())
    town.household(manners(covered=False))  # its live view comes in place of the video
    town.household(manners(covered=False, live=LiveBehaviour(start="refused")))  # and here a picture in place of both
    town.household(manners(covered=False), usb="active")
    town.household(manners(), command="snapshot")


@pytest.mark.sweep
@sweeps.on_databases(small=1)
async def test_wherever_it_is_killed_nothing_is_doubled_and_every_reply_ends(
    tmp_path: Path, authority: Authority, database: Outside, record_property: sweeps.Note
) -> None:
    chance = sweeps.chance()
    async with built(tmp_path, authority, database) as house, bots(house, authority) as processes:
        town = ClipLoad(house, chance)
        furnish(town)
        await town.link()
        town.slow_down()
        moments = await _sweep(house, processes, town, chance)
    name = "SQLite" if isinstance(database, SqliteFile) else "PostgreSQL"
    hit = ", ".join(f"{count} {moment}" for moment, count in moments.most_common())
    record_property("sweep", f"{KILLS} kills on {name} hit {moments.total()} clips ({hit}); {town.findings}")
    assert not any(town.findings.wrongs.values()), town.findings.wrongs
    assert "Traceback" not in processes.words()


async def _sweep(house: House, processes: Bots, town: ClipLoad, chance: random.Random) -> Counter[str]:
    moments: Counter[str] = Counter()
    process = await processes.start()
    await until(lambda: "clip" in house.discord.commands)
    async with town.awake():
        for _ in range(KILLS):
            await asyncio.sleep(chance.uniform(0.0, LONGEST))
            moments += await town.moments()
            await processes.kill(process)
            process = await processes.start()
    assert await processes.stop(process) == 0
    return moments
