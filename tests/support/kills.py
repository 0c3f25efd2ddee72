"""kill -9 of the bot at seeded moments, while people use their cameras."""

import asyncio
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from simulators.demo.tls import Authority

from . import sweeps
from .bots import Bots, bots
from .clip_load import ClipLoad
from .databases import Outside, SqliteFile
from .house import DISCORDS, House, built
from .waiting import until


async def killed(
    folder: Path,
    authority: Authority,
    database: Outside,
    furnish: Callable[[ClipLoad], None],
    *,
    kills: int,
    longest: float,
    note: sweeps.Note,
) -> ClipLoad:
    """Kill so many processes, each after `longest` seconds at most; return the load, whose findings have no wrong."""
    chance = sweeps.chance()
    async with built(folder, authority, database, ack_deadline=DISCORDS) as house, bots(house, authority) as processes:
        town = ClipLoad(house, chance)
        furnish(town)
        await town.link()
        town.slow_down()
        lives = [chance.uniform(0.0, longest) for _ in range(kills)]
        moments = await _kill(house, processes, town, lives)
        await until(lambda: not any(one.running(house.world.clock()) for one in house.world.live.made), timeout=10)
    name = "SQLite" if isinstance(database, SqliteFile) else "PostgreSQL"
    hit = ", ".join(f"{count} {moment}" for moment, count in moments.most_common())
    note("sweep", f"{kills} kills on {name} hit {moments.total()} clips ({hit}); {town.findings}")
    assert not any(town.findings.wrongs.values()), town.findings.wrongs
    assert "Traceback" not in processes.words()
    return town


async def _kill(house: House, processes: Bots, town: ClipLoad, lives: list[float]) -> Counter[str]:
    """Kill one process after the other; each start removes the videos of the last one, and the last stop its own."""
    moments: Counter[str] = Counter()
    process = await processes.start()
    await until(lambda: "clip" in house.discord.commands)
    async with town.awake():
        for life in lives:
            await asyncio.sleep(life)
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
