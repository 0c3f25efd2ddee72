"""`python -m bench`: measures, prints a table, and leaves it as JSON.

It ends with 0 unless something broke: a goal that is missed is a number, and no failure.
"""

import asyncio
import shutil
import sys
import time
from dataclasses import replace
from pathlib import Path

import click

from . import report
from .blink import ROOT
from .errors import Broken
from .goals import verdicts
from .measures import LONG, MEASURES
from .numbers import Rows
from .scale import FULL, QUICK, TINY, Scale
from .town import built

_SCALES = {"full": FULL, "quick": QUICK, "tiny": TINY}


@click.command()
@click.option("--only", default="", help=f"Only some measures, separated by commas: {', '.join(MEASURES)}.")
@click.option("--minutes", type=click.FloatRange(min=0.05), help="How long the soak is, which --only has to name.")
@click.option("--quick", "scale", flag_value="quick", help="All of it in small: twenty minutes.")
@click.option("--tiny", "scale", flag_value="tiny", help="Just enough to see that it works; the numbers say nothing.")
@click.option("--full", "scale", flag_value="full", default=True, hidden=True)
@click.option("--into", type=click.Path(path_type=Path), default=ROOT / "bench", help="Where results.json goes.")
@click.option("--publish", is_flag=True, help="Copy them to docs/bench.json as well.")
def main(only: str, minutes: float | None, scale: str, into: Path, publish: bool) -> None:
    """Measure the bot beside the least that could do its work."""
    wanted = [name.strip() for name in only.split(",") if name.strip()] or [*MEASURES.keys() - LONG]
    if unknown := sorted(set(wanted) - set(MEASURES)):
        raise click.BadParameter(f"no such measure: {', '.join(unknown)}")
    size = _SCALES[scale]
    if minutes:
        size = replace(size, soak=60 * minutes)
    rows, apart, broken = asyncio.run(_measured([name for name in MEASURES if name in wanted], size))
    judged = verdicts(rows)
    click.echo(report.table(rows, judged))
    results = into / "results.json"
    report.save(results, report.as_json(rows, judged, scale=scale, apart=apart))
    if publish:
        shutil.copy(results, ROOT / "docs" / "bench.json")
    if broken:
        raise click.ClickException("\n".join(broken))


async def _measured(wanted: list[str], scale: Scale) -> tuple[Rows, bool, list[str]]:
    rows, broken = Rows(), list[str]()
    async with built() as town:
        if not town.cores.apart:
            click.echo("There is one core only: the program that is measured shares it with all the rest.", err=True)
        for name in wanted:
            began = time.monotonic()
            try:
                await MEASURES[name](town, scale, rows)
            except (Broken, TimeoutError) as error:  # the others' numbers are no worse for it
                broken += [f"{name}: {error or type(error).__name__}", *getattr(error, "last_words", ())]
            click.echo(f"{name}: {time.monotonic() - began:.0f} s", err=True)
        for request in sorted(set(town.discord.unknown)):
            click.echo(f"The bench's Discord does not know this request: {request}", err=True)
    return rows, town.cores.apart, broken


if __name__ == "__main__":
    sys.exit(main())
