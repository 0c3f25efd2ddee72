"""Processes of the real bot that are killed and replaced: one is always loaded, so that the next starts at once."""

import asyncio
import sys
from asyncio.subprocess import PIPE, STDOUT, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from simulators.demo.tls import Authority

from .house import House
from .program import environment
from .waiting import until

TIMES = 3  # as long as the preset's, so that a process can be killed in the middle of everything


class Bots:
    """Starts processes of tests/support/paced.py, and knows those that live."""

    def __init__(self, house: House, authority: Authority) -> None:
        self.alive: list[Process] = []
        self._house = house
        self._environment = environment(house, authority, DATABASE_URL=house.database.url, STOP_GRACE_S="0.5")
        self._spare: Process | None = None
        self._started = 0

    async def start(self) -> Process:
        """Start one and wait until it is at Discord's gateway."""
        process = self._spare or await self._loaded()
        before = self._house.discord.identifies
        assert process.stdin
        process.stdin.write(b"go\n")
        self.alive.append(process)
        self._spare = await self._loaded()
        await until(lambda: self._house.discord.identifies > before or process.returncode is not None, timeout=60)
        assert process.returncode is None, self.words()
        return process

    async def kill(self, process: Process) -> None:
        """Kill one as the kernel does when memory runs out."""
        process.kill()
        self.alive.remove(process)
        await process.wait()

    async def stop(self, process: Process) -> int:
        """Stop one in order, and return its exit status."""
        process.terminate()
        self.alive.remove(process)
        async with asyncio.timeout(20):
            return await process.wait()

    def words(self) -> str:
        """Return all that they have written."""
        return "".join(log.read_text("utf-8", "replace") for log in sorted(self._folder.glob("standby-*.log")))

    @property
    def _folder(self) -> Path:
        return self._house.folder

    async def _loaded(self) -> Process:
        self._started += 1
        with (self._folder / f"standby-{self._started:04}.log").open("wb") as log:
            return await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "tests.support.paced",
                str(TIMES),
                "standby",
                cwd=self._folder,
                env=self._environment,
                stdin=PIPE,
                stdout=log,
                stderr=STDOUT,
                start_new_session=True,
            )

    async def close(self) -> None:
        """Kill what still runs."""
        for process in [*self.alive, *([self._spare] if self._spare else [])]:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()


@asynccontextmanager
async def bots(house: House, authority: Authority) -> AsyncIterator[Bots]:
    """Hand out processes, and leave none behind."""
    made = Bots(house, authority)
    try:
        yield made
    finally:
        await made.close()
