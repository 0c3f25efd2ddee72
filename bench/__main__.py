"""`python -m bench`: measures, prints a table, and leaves it as JSON and as a picture.

It ends with 0 unless something broke: a goal that is missed is a number, and no failure.
"""

import asyncio
import shutil
import sys
import time
from pathlib import Path

import click

from . import report
from .blink import ROOT
from .errors import Broken
from .goals import verdicts
from .measures import MEASURES
from .numbers import Rows
from .plot import svg
from .scale import FULL, QUICK, TINY, Scale
from .town import built

_SCALES = {"full": FULL, "quick": QUICK, "tiny": TINY}


@click.command()
@click.option("--only", default="", help=f"Only some measures, separated by commas: {', '.join(MEASURES)}.")
@click.option("--quick", "scale", flag_value="quick", help="Each measure once and in small: three minutes.")
@click.option("--tiny", "scale", flag_value="tiny", help="Just enough to see that it works; the numbers say nothing.")
@click.option("--full", "scale", flag_value="full", default=True, hidden=True)
@click.option("--into", type=click.Path(path_type=Path), default=ROOT / "bench", help="Where results.json/.svg go.")
@click.option("--publish", is_flag=True, help="Copy the results into docs as well.")
def main(only: str, scale: str, into: Path, publish: bool) -> None:
    """Measure the bot beside the least that could do its work."""
    wanted = [name.strip() for name in only.split(",") if name.strip()] or list(MEASURES)
    if unknown := sorted(set(wanted) - set(MEASURES)):
        raise click.BadParameter(f"no such measure: {', '.join(unknown)}")
    rows, apart, broken = asyncio.run(_measured([name for name in MEASURES if name in wanted], _SCALES[scale]))
    judged = verdicts(rows)
    click.echo(report.table(rows, judged))
    results, picture = into / "results.json", into / "results.svg"
    report.save(results, report.as_json(rows, judged, scale=scale, apart=apart))
    picture.write_text(svg(rows, judged))
    if publish:
        shutil.copy(results, ROOT / "docs" / "bench.json")
        shutil.copy(picture, ROOT / "docs" / "bench.svg")
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
