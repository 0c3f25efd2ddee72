"""The programs that are measured: each a process of its own, on a core of its own, that knows nothing of it."""

import asyncio
import contextlib
import os
import signal
import sys
import time
from asyncio.subprocess import DEVNULL, STDOUT, Process
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from pathlib import Path

from . import machine
from .accounts import KEY
from .blink import ROOT
from .errors import SubjectDied
from .town import Town

PROGRAMS = {
    "bot": "bot",  # as a host starts it
    "bare": "bench.bare",
    "durable": "bench.durable",
    "raw": "bench.raw_clip",
    "raw live": "bench.raw_live",
    "blinkpy": "bench.blinkpy_bot",
}
"""The modules of the programs; docs/bench.md says what each is."""

_NAMES = ROOT / "tests" / "support" / "names"  # leads the names of Discord and Blink here, as /etc/hosts would
_STOPPED_WITHIN = 10.0


@dataclass(frozen=True)
class Subject:
    """A measured program that runs; `start` is how many seconds it took until Discord could greet it."""

    name: str
    process: Process
    start: float
    start_cpu: float
    log: Path

    @property
    def pid(self) -> int:
        return self.process.pid

    def check(self) -> None:
        """Raise SubjectDied where it has ended."""
        if self.process.returncode is not None:
            raise SubjectDied(self.name, self.log)


@contextlib.asynccontextmanager
async def subject(town: Town, name: str, database: str | None = None, **settings: str) -> AsyncGenerator[Subject]:
    """Run a program between the town's Discord and Blink while the context is open; `settings` are its own."""
    town.discord.forget()
    log = town.folder / f"{name.replace(' ', '-')}-{time.monotonic_ns()}.log"
    began = time.monotonic()
    with log.open("wb") as output:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            PROGRAMS[name],
            cwd=town.folder,  # where no .env is
            env=_environment(town, database or town.database("bot")) | settings,
            stdin=DEVNULL,
            stdout=output,
            stderr=STDOUT,
            start_new_session=True,  # Ctrl-C is for the bench, which then ends it
        )
    machine.pin(process.pid, town.cores.measured)
    dying = asyncio.create_task(process.wait())
    waiting = asyncio.create_task(town.discord.ready())
    try:
        await asyncio.wait({dying, waiting}, return_when=asyncio.FIRST_COMPLETED)
        if dying.done():
            raise SubjectDied(name, log)
        started = Subject(name, process, await waiting - began, machine.cpu_of(process.pid), log)
        await machine.quiet(process.pid)
        yield started
        started.check()
    finally:
        waiting.cancel()
        await _stop(process)
        await asyncio.gather(dying, waiting, return_exceptions=True)
        _tell_errors(name, log)


def _tell_errors(name: str, log: Path) -> None:
    """Say on standard error if a program's log has errors, since its numbers may then be of something else."""
    errors = [line for line in log.read_text("utf-8", "replace").splitlines() if " ERROR " in line]
    if errors:
        sys.stderr.write(f"{name} logged {len(errors)} errors, first: {errors[0]}\n")


async def _stop(process: Process) -> None:
    with contextlib.suppress(ProcessLookupError):
        process.send_signal(signal.SIGTERM)
    try:
        async with asyncio.timeout(_STOPPED_WITHIN):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()


def _environment(town: Town, database: str) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(town.folder),
        "TMPDIR": str(town.folder),
        "PYTHONPATH": f"{_NAMES}:{ROOT}",
        "SSL_CERT_FILE": str(town.trust),
        "SIMULATED_DISCORD": str(town.discord_port),
        "SIMULATED_BLINK": str(town.blink.port),
        "DISCORD_TOKEN": "token-of-the-bench",
        "TOKEN_KEYS": KEY,
        "DATABASE_URL": database,
        "STOP_GRACE_S": "0",
    }
