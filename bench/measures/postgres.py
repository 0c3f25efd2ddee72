"""The same bot on PostgreSQL."""

from bench import machine
from bench.numbers import Rows
from bench.postgres_side import postgres
from bench.scale import Scale
from bench.subject import subject
from bench.town import Town

from .acks import recording

_RATE = 5.0  # a second, the bar of what people feel; the server takes a share of the driver's core


async def on_postgres(town: Town, scale: Scale, rows: Rows) -> None:
    """Measure a start, memory and acknowledgements with a server of PostgreSQL's on this machine."""
    async with postgres() as database:
        await recording(town, scale, rows, "postgres", f"on PostgreSQL, {_RATE:g} clips a second", database, _RATE)
        async with subject(town, "bot", database, PORT="0") as one:
            rows.add("postgres.ready", "on PostgreSQL: start to READY", "s", "bot", one.start)
            rows.add("postgres.rss", "on PostgreSQL: memory, with PORT", "MiB", "bot", machine.rss_of(one.pid) / 2**20)
