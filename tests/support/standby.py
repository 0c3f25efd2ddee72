"""The real bot at the pace of tests, in a process of its own: loaded beforehand, it starts at a line on its input."""

import asyncio
import sys

import asyncpg  # noqa: F401 - loaded beforehand like all the rest

from bot import alerts, app, config, log
from bot.clips import Timing, current_job
from bot.delivery import Pace

TEMPO = app.Tempo(
    timing=Timing(
        busy_wait=5.0,
        busy_gaps=(0.2, 0.4),
        poll=0.15,
        look_for=4.0,
        look_gaps=(0.15, 0.15),
        fetch_gaps=(0.2, 0.5),
        usb_after=0.1,
        usb_every=0.3,
        usb_poll=0.1,
        usb_deadline=5.0,
        picture_for=5.0,
        picture_gaps=(0.15,),
        again=0.1,
        settle=3.0,  # as long as an acknowledgement can take: Discord's own clock cannot be hurried
        lease=2.0,
        turn_poll=0.5,
    ),
    alert_timing=alerts.Timing(
        every=0.3,
        slowest=0.3,
        failing=3.0,
        lease=1.5,
        partial_for=30.0,
        budget_in=3.0,
        picture_after=0.2,
        fetch_gaps=(0.1, 0.3, 1.0, 2.0),
        again=0.3,
    ),
    pace=Pace(every=0.3, gaps=(0.1, 0.3), patience=30.0),
    patience=app.Patience(hiccup=0.1, gaps=(0.2,)),
)


def main() -> None:
    """Wait for the line, and run until SIGTERM."""
    settings = config.load()
    log.configure(
        level=settings.log_level,
        as_json=settings.log_format == "json",
        secrets=settings.secrets(),
        reference=current_job.get,
    )
    if sys.stdin.readline():
        asyncio.run(app.run(settings, tempo=TEMPO))


if __name__ == "__main__":
    main()
