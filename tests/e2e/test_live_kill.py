"""kill -9 at seeded moments of live views: two sessions at most for each command, and every reply ends truthfully."""

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

KILLS = sweeps.amount(2, 6, 60)
LONGEST = 8.0  # seconds of life: somewhat longer than a live view takes that comes after a clip
RIGHT_ENDS = {
    "Here is the live view.",
    "The live view broke off.",  # the second session, too, was lost with its process, or its end at Blink is unclear
    "Blink refused to start the live view.",
    "I do not know whether the camera recorded.",  # killed while it was being asked for a clip
}


def furnish(town: ClipLoad) -> None:
    """Let cameras give their live view because no plan covers them, and because a length is asked for."""
    town.household(manners(covered=False))
    town.household(manners(covered=False), share=True)
    town.household(manners(covered=False), manners(covered=False))  # one waits for the other
    town.household(manners(covered=False, live=LiveBehaviour(cut_after=6.0, ending="close")))
    town.household(manners(covered=False, live=LiveBehaviour(start="refused")))
    town.household(manners(), seconds=20)
    town.household(manners(busy_first=0.8), seconds=10)
    town.household(manners(live=LiveBehaviour(closes_first=1)), seconds=10)


@pytest.mark.sweep
@sweeps.on_databases(small=1)
async def test_wherever_it_is_killed_no_live_view_is_doubled_and_every_reply_ends(
    tmp_path: Path, authority: Authority, database: Outside, record_property: sweeps.Note
) -> None:
    chance = sweeps.chance()
    async with built(tmp_path, authority, database) as house, bots(house, authority) as processes:
        town = ClipLoad(house, chance)
        furnish(town)
        await town.link()
        town.slow_down()
        moments = await _sweep(house, processes, town, chance)
        await until(lambda: all(one.ended for one in house.world.live.made), timeout=10)
    name = "SQLite" if isinstance(database, SqliteFile) else "PostgreSQL"
    hit = ", ".join(f"{count} {moment}" for moment, count in moments.most_common())
    record_property("sweep", f"{KILLS} kills on {name} hit {moments.total()} clips ({hit}); {town.findings}")
    assert not any(town.findings.wrongs.values()), town.findings.wrongs
    assert set(town.findings.headlines) <= RIGHT_ENDS
    assert town.findings.outcomes["videos"] > 0
    assert "Traceback" not in processes.words()


async def _sweep(house: House, processes: Bots, town: ClipLoad, chance: random.Random) -> Counter[str]:
    """Kill one process after the other; each start removes the videos of the last one, and the last stop its own."""
    moments: Counter[str] = Counter()
    process = await processes.start()
    await until(lambda: "clip" in house.discord.commands)
    async with town.awake():
        for _ in range(KILLS):
            await asyncio.sleep(chance.uniform(0.0, LONGEST))
            moments += await town.moments()
            await processes.kill(process)
            process = await processes.start()
            assert len(_folders(house)) == 1
    [folder] = _folders(house)
    await until(lambda: [one.name for one in folder.iterdir()] == ["lock"])
    assert await processes.stop(process) == 0
    assert _folders(house) == []
    return moments


def _folders(house: House) -> list[Path]:
    return [*house.folder.glob("blink-clip-bot-*")]
