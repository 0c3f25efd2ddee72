"""kill -9, deploys and bad weather while things move: each recording is told once to each who wants to hear of it."""

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from simulators.demo.tls import Authority
from tests.support import storm, sweeps
from tests.support.bots import Bots, bots
from tests.support.databases import Outside, SqliteFile
from tests.support.house import DISCORDS, built
from tests.support.motion_load import MotionLoad

KILLS = sweeps.amount(1, 3, 100)
SECONDS = sweeps.amount(3.0, 6.0, 60.0)

Upheaval = Callable[[Bots, MotionLoad, random.Random], Awaitable[None]]


async def killed(processes: Bots, block: MotionLoad, chance: random.Random) -> None:
    """Kill the only one again and again, and start another; the last one is left alone."""
    for _ in range(KILLS):
        await asyncio.sleep(chance.uniform(0.5, 5.0))  # a new one tells once the old one's lease is over
        await _kill(processes, block, chance)


async def killed_in_turn(processes: Bots, block: MotionLoad, chance: random.Random) -> None:
    """Kill one of two every few seconds, and start another."""
    await processes.start()
    deadline = asyncio.get_running_loop().time() + SECONDS
    while asyncio.get_running_loop().time() < deadline:
        await asyncio.sleep(chance.uniform(0.5, 3.0))
        await _kill(processes, block, chance)


async def deployed_again_and_again(processes: Bots, block: MotionLoad, chance: random.Random) -> None:
    """Start a new process before the old one is asked to stop, as hosts do at a deploy."""
    deadline = asyncio.get_running_loop().time() + SECONDS
    while asyncio.get_running_loop().time() < deadline:
        await asyncio.sleep(chance.uniform(0.0, 2.0))
        [old] = processes.alive
        await processes.start()
        block.upheavals += await asyncio.to_thread(block.under_way)
        assert await processes.stop(old) == 0


async def stormy(processes: Bots, block: MotionLoad, chance: random.Random) -> None:
    """Let Blink and Discord fail in many ways, and then no more."""
    house, turn = block.house, SECONDS / 8
    weather = [storm.Weather(random.Random(chance.random()), turn=turn, wave=turn) for _ in range(2)]
    house.blink.faults = blink = storm.over_blink(weather[0])
    house.discord._rest.faults = discord = storm.over_discord(weather[1])
    for one in weather:
        one.begin()
    await asyncio.sleep(2 * SECONDS)
    for one in weather:
        one.end()
    block.upheavals += Counter({"requests to Blink": blink.struck, "requests to Discord": discord.struck})


async def _kill(processes: Bots, block: MotionLoad, chance: random.Random) -> None:
    await processes.kill(chance.choice(processes.alive))
    block.upheavals += await asyncio.to_thread(block.under_way)
    await processes.start()


@pytest.mark.sweep
@sweeps.on_databases(killed, killed_in_turn, deployed_again_and_again, stormy, small=1)
async def test_whatever_happens_everything_that_moves_is_told_once(
    tmp_path: Path, authority: Authority, database: Outside, upheaval: Upheaval, record_property: sweeps.Note
) -> None:
    chance = sweeps.chance()
    async with (
        built(tmp_path, authority, database, ack_deadline=DISCORDS) as house,
        bots(house, authority) as processes,
    ):
        block = MotionLoad(house, chance)
        await block.furnish(3, 2, 1)
        await processes.start()
        await block.hear()
        block.slow_down()
        async with block.awake():
            await upheaval(processes, block, chance)
        await block.judge()
        for process in list(processes.alive):
            assert await processes.stop(process) == 0
    name = "SQLite" if isinstance(database, SqliteFile) else "PostgreSQL"
    hit = ", ".join(f"{count} {what}" for what, count in block.upheavals.most_common())
    record_property("sweep", f"{upheaval.__name__} on {name}, which hit {hit}; {block.findings}")
    assert not block.findings.wrongs, block.findings.wrongs
    assert block.findings.outcomes["sums"], "too little moved"
    if upheaval is not stormy:  # in which Blink may not hand out a video for long enough
        assert set(block.findings.outcomes) == {"videos", "sums", "summed up"}
    assert "Traceback" not in processes.words()
