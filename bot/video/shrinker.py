"""Starts, watches and ends the worker that re-encodes a video; this process never loads a decoder."""

from __future__ import annotations

import asyncio
import contextlib
import importlib.util
import logging
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from pathlib import Path
from typing import TYPE_CHECKING

from bot.files import remove

from .exits import Exit

if TYPE_CHECKING:
    from bot.models import NotShrunk

log = logging.getLogger("bot.video")

SECONDS = 120.0
MEMORY = 1 << 30  # bytes
NEEDED = ("LD_LIBRARY_PATH", "PYTHONHOME")  # where some hosts keep Python; neither is a secret
OUT_OF_TIME = (None, -signal.SIGXCPU, -signal.SIGALRM)  # killed by us, or by the worker's own limits
GRACE = 5  # seconds after which a worker that nobody watches ends itself
LAST_WORDS = 200  # bytes


def installed() -> bool:
    """Say whether PyAV is there, without loading it."""
    return importlib.util.find_spec("av") is not None


class PyAvShrinker:
    """Shrinks one video after another, in the order in which they were asked for."""

    def __init__(self, *, seconds: float = SECONDS, memory: int = MEMORY) -> None:
        """Give each video so many seconds, counted from its turn, and so many bytes of memory."""
        self._seconds = seconds
        self._memory = memory
        self._turn = asyncio.Lock()

    async def shrink(self, video: Path, target: Path, *, limit: int) -> NotShrunk | None:
        """Write `video`, re-encoded to at most `limit` bytes, to `target`; or return why not, leaving no `target`."""
        from bot.models import NotShrunk  # here, because the worker imports this package and needs none of the bot

        if not installed():
            return NotShrunk.NOT_INSTALLED
        part = target.with_name(f"{target.name}.part")
        async with self._turn:
            try:
                remove([target])
                status = await self._work(video, part, limit)
                if status == Exit.WRITTEN and _size(part) <= limit:
                    part.replace(target)
                    return None
            except OSError as error:  # no process could be started, or the disk failed
                log.warning("a video could not be made smaller: %s", error.strerror or type(error).__name__)
                return NotShrunk.FAILED
            finally:
                remove([part])
        if status in OUT_OF_TIME:
            return NotShrunk.TOO_SLOW
        return NotShrunk.TOO_LONG if status == Exit.TOO_LONG else NotShrunk.FAILED

    async def _work(self, video: Path, part: Path, limit: int) -> int | None:
        """Return the worker's exit status, or None if its time was over; no worker is left when this ends."""
        process = await asyncio.create_subprocess_exec(
            *_command(video, part, limit, self._seconds + GRACE, self._memory),
            cwd="/",
            env=_environment(),
            stdin=DEVNULL,
            stdout=DEVNULL,
            stderr=PIPE,
            process_group=0,  # Ctrl-C is for the bot, which then ends the worker
        )
        try:
            async with asyncio.timeout(self._seconds):
                words = await _last_words(process)
                status = await process.wait()
        except TimeoutError:
            log.warning("a video was not made smaller in %g s", self._seconds)
            return None
        finally:
            if process.returncode is None:
                with contextlib.suppress(ProcessLookupError):
                    process.kill()
                await process.wait()
        if status not in (Exit.WRITTEN, Exit.TOO_LONG):
            log.warning("a video could not be made smaller: status %d, %s", status, words or "no words")
        return status


def _command(video: Path, part: Path, *numbers: float) -> list[str]:
    """Return the worker's command line: no modules from where it works (-P), no bytecode only it can read (-B)."""
    module = [sys.executable, "-PB", "-m", "bot.video.worker"]
    return [*module, str(video.absolute()), str(part.absolute()), *map(str, numbers)]


def _environment() -> dict[str, str]:
    """Return an environment without secrets, in which the worker finds the modules that this process finds."""
    inherited = {name: os.environ[name] for name in NEEDED if name in os.environ}
    modules = os.pathsep.join(str(Path(entry).absolute()) for entry in sys.path if entry)
    return inherited | {"PYTHONPATH": modules, "MALLOC_ARENA_MAX": "2"}  # glibc's arenas would eat the memory limit


async def _last_words(process: Process) -> str:
    """Return the end of the last line of its stderr, of harmless characters only."""
    assert process.stderr is not None
    tail = b""
    while chunk := await process.stderr.read(4096):
        tail = (tail + chunk)[-LAST_WORDS:]
    lines = tail.decode("ascii", "replace").split("\n")
    last = next((line for line in reversed(lines) if line.strip()), "")
    return "".join(char for char in last if char.isascii() and char.isprintable()).strip()


def _size(path: Path) -> int:
    return path.stat().st_size
