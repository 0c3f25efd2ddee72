"""From nothing to READY, and what an idle program holds in memory."""

from bench import machine
from bench.numbers import Rows
from bench.scale import Scale
from bench.subject import subject
from bench.town import Town


async def starts(town: Town, scale: Scale, rows: Rows) -> None:
    """Measure starts on a database that is there already, in turn."""
    database = town.database("starts")
    async with subject(town, "bot", database):
        pass  # makes the tables, registers the commands, and leaves compiled code behind
    for _ in range(scale.starts):
        for program in ("bot", "bare"):
            async with subject(town, program, database) as one:
                rows.add("start.ready", "start to READY", "s", program, one.start)
                rows.add("start.cpu", "start to READY: CPU", "s", program, one.start_cpu)
                rows.add("start.rss", "memory when idle", "MiB", program, machine.rss_of(one.pid) / 2**20)
        async with subject(town, "bot", database, PORT="0") as one:
            rows.add("start.port", "memory when idle, with PORT", "MiB", "bot", machine.rss_of(one.pid) / 2**20)
