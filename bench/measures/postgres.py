"""The same bot on PostgreSQL."""

from bench import machine
from bench.numbers import Rows
from bench.postgres_side import postgres
from bench.scale import Scale
from bench.subject import subject
from bench.town import Town

from .acks import recording


async def on_postgres(town: Town, scale: Scale, rows: Rows) -> None:
    """Measure a start, memory and acknowledgements with a server of PostgreSQL's on this machine."""
    async with postgres() as database:
        await recording(town, scale, rows, "postgres", "on PostgreSQL, 12 clips a second", database)
        async with subject(town, "bot", database, PORT="0") as one:
            rows.add("postgres.ready", "on PostgreSQL: start to READY", "s", "bot", one.start)
            rows.add("postgres.rss", "on PostgreSQL: memory, with PORT", "MiB", "bot", machine.rss_of(one.pid) / 2**20)
