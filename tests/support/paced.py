"""The real bot at the tests' pace in a process of its own: `python -m tests.support.paced TIMES [standby]`.

All intervals of the preset are longer by TIMES. On standby it is loaded beforehand, and starts at a line on its input.
SIGUSR1 has it log how many tasks it has.
"""

import asyncio
import logging
import signal
import sys
from dataclasses import replace

import asyncpg  # noqa: F401 - loaded beforehand like all the rest

from bot import app, config, lifecycle, log
from bot.jobs import current_job

from .presets import TEST_PACE, tempo

_ACKNOWLEDGED = 3.0  # how long an acknowledgement can take: Discord's own clock cannot be hurried
_IDLE = 5.0  # seconds for which a connection to Discord is kept: a storm waits until none is left
_STORM = 60.0  # for how long Discord is asked again: longer than it is away in any test


async def _run(settings: config.Settings, times: float) -> None:
    loop = asyncio.get_running_loop()

    def count_tasks() -> None:
        logging.getLogger("bot.tests").info("tasks: %d", len(asyncio.all_tasks()))

    loop.add_signal_handler(signal.SIGUSR1, count_tasks)
    paced = tempo(times * TEST_PACE)
    paced = replace(
        paced,
        timing=replace(paced.timing, settle=_ACKNOWLEDGED),
        alert_timing=replace(paced.alert_timing, failing=3.0, budget_in=3.0, picture_after=0.2),
        pace=replace(paced.pace, patience=_STORM),
    )
    await lifecycle.run(settings.model_copy(update={"host": "127.0.0.1"}), tempo=paced)


def main() -> None:
    """Run until SIGTERM."""
    settings = config.load()
    app._DISCORD_KEPT = _IDLE
    log.configure(
        level=settings.log_level,
        as_json=settings.log_format == "json",
        secrets=settings.secrets(),
        reference=current_job.get,
    )
    if "standby" not in sys.argv or sys.stdin.readline():
        asyncio.run(_run(settings, float(sys.argv[1])))


if __name__ == "__main__":
    main()
