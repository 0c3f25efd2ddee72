"""Processes of the real bot that are killed and replaced: one is always loaded, and forks those that run."""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from simulators.demo.tls import Authority

from .house import House
from .program import environment
from .waiting import until

TIMES = 3  # as long as the preset's, so that a process can be killed in the middle of everything


class Process:
    """One bot."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.ended = asyncio.get_running_loop().create_future()

    @property
    def returncode(self) -> int | None:
        """Its exit status, None while it runs."""
        return self.ended.result() if self.ended.done() else None

    def send_signal(self, number: int) -> None:
        """Send it a signal, if it still runs."""
        with suppress(ProcessLookupError):
            os.kill(self.pid, number)


class Bots:
    """Starts processes of tests/support/paced.py, and knows those that live."""

    def __init__(self, house: House, standby: asyncio.subprocess.Process) -> None:
        self.alive: list[Process] = []
        self._house = house
        self._standby = standby
        self._all: dict[int, Process] = {}
        self._newest: Process | None = None

    async def start(self) -> Process:
        """Start one and wait until it is at Discord's gateway."""
        before = self._house.discord.identifies
        assert self._standby.stdin
        self._standby.stdin.write(f"{self._log(len(self._all) + 1)}\n".encode())
        await until(lambda: self._newest or self._standby.returncode is not None, timeout=60)
        process, self._newest = self._newest, None
        assert process, "it is not even loaded"
        self.alive.append(process)
        await until(lambda: self._house.discord.identifies > before or process.returncode is not None, timeout=60)
        assert process.returncode is None, self.words()
        return process

    async def kill(self, process: Process) -> None:
        """Kill one as the kernel does when memory runs out."""
        process.send_signal(signal.SIGKILL)
        self.alive.remove(process)
        await process.ended

    async def stop(self, process: Process) -> int:
        """Stop one in order, and return its exit status."""
        process.send_signal(signal.SIGTERM)
        self.alive.remove(process)
        async with asyncio.timeout(60):
            return await process.ended

    def words(self) -> str:
        """Return all that they have written."""
        return "".join(log.read_text("utf-8", "replace") for log in sorted(self._house.folder.glob("bot-*.log")))

    async def listen(self) -> None:
        """Learn from the process on standby which have begun and ended."""
        assert self._standby.stdout
        async for line in self._standby.stdout:
            match line.decode().split():
                case ["began", pid]:
                    self._newest = self._all[int(pid)] = Process(int(pid))
                case ["ended", pid, status]:
                    self._all[int(pid)].ended.set_result(int(status))

    async def close(self) -> None:
        """Kill what still runs."""
        for process in list(self.alive):
            await self.kill(process)

    def _log(self, number: int) -> Path:
        return self._house.folder / f"bot-{number:04}.log"


@asynccontextmanager
async def bots(house: House, authority: Authority) -> AsyncIterator[Bots]:
    """Hand out processes, and leave none behind."""
    given = environment(house, authority, DATABASE_URL=house.database.url, STOP_GRACE_S="0.5")
    command = (sys.executable, "-m", "tests.support.paced", str(TIMES), "standby")
    standby = await asyncio.create_subprocess_exec(
        *command, cwd=house.folder, env=given, stdin=PIPE, stdout=PIPE, start_new_session=True
    )
    made = Bots(house, standby)
    listening = asyncio.create_task(made.listen())
    try:
        yield made
    finally:
        await made.close()
        standby.kill()
        await standby.wait()
        await listening
