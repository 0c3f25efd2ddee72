"""Two whole copies of the bot on one database and one token: each interaction is answered by one of them, once."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from simulators.demo.tls import Authority
from tests.support import sweeps
from tests.support.bots import Bots, bots
from tests.support.clip_load import ClipLoad, manners
from tests.support.databases import Outside, SqliteFile
from tests.support.house import DISCORDS, built
from tests.support.waiting import until

SECONDS = sweeps.amount(2.0, 10.0, 60.0)
HOUSEHOLDS = sweeps.amount(5, 20, 20)

Upheaval = Callable[[Bots, ClipLoad, random.Random], Awaitable[int]]


def furnish(town: ClipLoad) -> None:
    """Let many households record, some on cameras that are busy or give only their live view, some on two at a time."""
    for number in range(HOUSEHOLDS):
        cameras = [manners(busy_first=0.5 if number % 4 == 0 else 0.0, covered=number % 5 != 2)]
        town.household(*cameras, *([manners()] if number % 5 == 0 else []), public=number % 3 == 0)


async def killed_in_turn(processes: Bots, town: ClipLoad, chance: random.Random) -> int:
    """Kill one of the two every few seconds, and start another."""
    kills, deadline = 0, asyncio.get_running_loop().time() + SECONDS
    while asyncio.get_running_loop().time() < deadline:
        await asyncio.sleep(chance.uniform(1.0, 4.0))
        await processes.kill(chance.choice(processes.alive))
        await processes.start()
        kills += 1
    return kills


async def deployed_again_and_again(processes: Bots, town: ClipLoad, chance: random.Random) -> int:
    """Start a new process before the old one is asked to stop, as hosts do at a deploy."""
    await processes.stop(processes.alive[0])
    deploys, deadline = 0, asyncio.get_running_loop().time() + SECONDS
    while asyncio.get_running_loop().time() < deadline:
        await asyncio.sleep(chance.uniform(0.0, 2.0))
        [old] = processes.alive
        await processes.start()
        assert await processes.stop(old) == 0
        deploys += 1
    return deploys


@pytest.mark.sweep
@sweeps.on_databases(killed_in_turn, deployed_again_and_again, small=1)
async def test_under_load_every_interaction_is_answered_once(
    tmp_path: Path, authority: Authority, database: Outside, upheaval: Upheaval, record_property: sweeps.Note
) -> None:
    chance = sweeps.chance()
    async with (
        built(tmp_path, authority, database, ack_deadline=DISCORDS) as house,
        bots(house, authority) as processes,
    ):
        town = ClipLoad(house, chance)
        furnish(town)
        await town.link()
        await processes.start()
        await processes.start()
        await until(lambda: "clip" in house.discord.commands)
        async with town.awake():
            times = await upheaval(processes, town, chance)
    name = "SQLite" if isinstance(database, SqliteFile) else "PostgreSQL"
    record_property("sweep", f"{times} times {upheaval.__name__} on {name}: {town.findings}")
    assert not any(town.findings.wrongs.values()), town.findings.wrongs
    assert town.findings.outcomes["unanswered"] == 0
    assert "Traceback" not in processes.words()
