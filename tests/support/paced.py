"""The real bot at the tests' pace in a process of its own: `python -m tests.support.paced TIMES [standby]`.

All intervals of the preset are longer by TIMES. SIGUSR1 has it log how many tasks it has.

On standby it is loaded once, and becomes another process of the bot for each line on its input, which names the log: to
load all modules is most of what a start costs. It says "began" with the number of each process, and "ended" with that
and its exit status.
"""

import asyncio
import gc
import logging
import os
import signal
import sys
from dataclasses import replace
from typing import NoReturn

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
    if "standby" not in sys.argv or _forked():
        asyncio.run(_run(settings, float(sys.argv[1])))


def _forked() -> bool:
    """Fork for each line on the input; return True in each process that is a bot, and False at the input's end."""
    gc.freeze()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # who watches a bot is not watched
    while log_file := sys.stdin.readline().strip():
        if os.fork():
            continue
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        if pid := os.fork():
            _watch(pid)
        _redirect(log_file)
        return True
    return False


def _watch(pid: int) -> NoReturn:
    """Say that a process has begun, and how it has ended."""
    os.write(1, f"began {pid}\n".encode())
    _, status = os.waitpid(pid, 0)
    os.write(1, f"ended {pid} {os.waitstatus_to_exitcode(status)}\n".encode())
    os._exit(0)


def _redirect(log_file: str) -> None:
    """Be nobody's, as a host's process is: with a log, without input and terminal."""
    os.setsid()
    output = os.open(log_file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for number, file in ((0, os.open(os.devnull, os.O_RDONLY)), (1, output), (2, output)):
        os.dup2(file, number)


if __name__ == "__main__":
    main()
