"""`python -m bot` as a host starts it: a process of its own, with nothing but its environment."""

import asyncio
import contextlib
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, STDOUT, Process
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import aiohttp

from simulators.demo.tls import Authority

from .house import BOT_TOKEN, KEY, House
from .ports import free_port
from .waiting import until

ROOT = Path(__file__).parents[2]
NAMES = ROOT / "tests" / "support" / "names"


def environment(house: House, authority: Authority, **settings: str) -> dict[str, str]:
    """Return all that a host would set, and what leads to the simulators."""
    given = {
        "PATH": os.environ["PATH"],
        "HOME": str(house.folder),
        "TMPDIR": str(house.folder),
        "PYTHONPATH": f"{NAMES}:{ROOT}",
        "SSL_CERT_FILE": str(authority.trust),
        "SIMULATED_DISCORD": str(house.discord_port),
        "SIMULATED_BLINK": str(house.blink_port),
        "SIMULATED_RELAY": str(house.blink.relay.port),
        "DISCORD_TOKEN": BOT_TOKEN,
        "TOKEN_KEYS": KEY,
        "DATABASE_URL": f"sqlite:///{house.folder / 'bot.db'}",
    }
    return given | settings


@dataclass
class Program:
    """A running process, and its log."""

    process: Process
    log: Path
    port: int

    @property
    def words(self) -> str:
        """All that it has written."""
        return self.log.read_text("utf-8", "replace")

    def stop(self, number: int = signal.SIGTERM) -> None:
        """Send it a signal, if it still runs.

        Not by `send_signal`, which looks whether it has ended, and then asyncio never hears of its exit status.
        """
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.process.pid, number)

    async def ended(self, timeout: float = 60.0) -> int:
        """Wait for its end and return its exit status."""
        async with asyncio.timeout(timeout):
            return await self.process.wait()

    async def answers(self, path: str) -> int | None:
        """Return the status with which its web server answers, or None where nothing listens."""
        try:
            async with aiohttp.ClientSession() as http, http.get(f"http://127.0.0.1:{self.port}{path}") as response:
                return response.status
        except aiohttp.ClientError:
            return None

    async def until_it_answers(self, path: str, status: int, timeout: float = 120.0) -> None:
        """Wait until its web server answers so."""
        async with asyncio.timeout(timeout):
            while await self.answers(path) != status:
                assert self.process.returncode is None, self.words
                await asyncio.sleep(0.02)


@contextlib.asynccontextmanager
async def program(
    house: House,
    authority: Authority,
    *,
    command: tuple[str, ...] = (sys.executable, "-m", "bot"),
    ready: bool = True,
    cwd: Path | None = None,
    **settings: str,
) -> AsyncIterator[Program]:
    """Run `command` while the context is open, and kill what then still runs of it."""
    port = free_port()
    log = house.folder / f"program-{port}.log"
    identified = house.discord.identifies
    with log.open("wb") as output:
        process = await asyncio.create_subprocess_exec(
            *command,
            cwd=cwd or house.folder,
            env=environment(house, authority, **({"PORT": str(port)} | settings)),
            stdin=DEVNULL,
            stdout=output,
            stderr=STDOUT,
            start_new_session=True,
        )
    running = Program(process, log, port)
    try:
        if ready:
            await until(lambda: house.discord.identifies > identified or process.returncode is not None, timeout=40)
            assert process.returncode is None, running.words
        yield running
    finally:
        for pid in [*descendants(process.pid), process.pid]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        await process.wait()


def descendants(pid: int) -> list[int]:
    """Return the processes that a process has started, and those that they have."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            parents[int(entry.parent.name)] = int(entry.read_text().rpartition(")")[2].split()[1])
    children = [child for child, parent in parents.items() if parent == pid]
    return [one for child in children for one in (child, *descendants(child))]
