"""The real bot in a process of its own, which waits less than people want it to; SIGUSR1 has it count its tasks."""

import asyncio
import logging
import signal

from bot import app, config, log
from bot.clips import Timing, current_job
from bot.delivery import Pace

TEMPO = app.Tempo(
    timing=Timing(
        busy_wait=3.0,
        busy_gaps=(0.2, 0.5),
        poll=0.2,
        command_deadline=8.0,
        look_for=10.0,
        look_gaps=(0.2, 1.0),
        late_after=3.0,
        usb_after=0.5,
        usb_every=1.0,
        usb_poll=0.1,
        usb_deadline=5.0,
        picture_for=4.0,
        picture_gaps=(0.3,),
        comfort_for=15.0,
        fetch_gaps=(0.2, 0.5, 1.0, 2.0),
        again=0.2,
        lease=6.0,
        turn_poll=0.5,
        queue_wait=60.0,
    ),
    pace=Pace(every=0.5, gaps=(0.2, 0.5, 1.0), patience=60.0, progress_timeout=5.0, upload_timeout=15.0),
)


async def _run(settings: config.Settings) -> None:
    loop = asyncio.get_running_loop()

    def count_tasks() -> None:
        logging.getLogger("bot.tests").info("tasks: %d", len(asyncio.all_tasks()))

    loop.add_signal_handler(signal.SIGUSR1, count_tasks)
    await app.run(settings.model_copy(update={"host": "127.0.0.1"}), tempo=TEMPO)


if __name__ == "__main__":
    given = config.load()
    log.configure(level=given.log_level, as_json=False, secrets=given.secrets(), reference=current_job.get)
    asyncio.run(_run(given))
