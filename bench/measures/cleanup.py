"""A full table: what acknowledgements wait for while old jobs are deleted."""

from bench import ended_jobs
from bench.numbers import Rows
from bench.scale import Scale
from bench.town import Town

from .acks import recording


async def cleanup(town: Town, scale: Scale, rows: Rows) -> None:
    """Measure acknowledgements while the bot deletes what ended long ago, from its start on."""
    database = town.database("cleanup")
    await ended_jobs.fill(database, scale.ended)
    await recording(town, scale, rows, "cleanup", f"clean-up of {scale.ended:,} ended jobs", database)
    left = await ended_jobs.left(database)
    rows.add("cleanup.left", f"of {scale.ended:,} ended jobs are left then", "", "bot", left)
    longest = rows.get("cleanup.max")
    if longest and left in (0, scale.ended):
        longest.limited.append("at the end no clean-up was under way")
