"""Starts, watches and ends the worker that shrinks or remuxes a video; this process never loads a decoder."""

from __future__ import annotations

import asyncio
import contextlib
import importlib.util
import logging
import math
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from bot.video_folder import remove

if TYPE_CHECKING:
    from bot.models import NotShrunk

log = logging.getLogger("bot.video")

SECONDS, MEMORY = 120.0, 1 << 30  # bytes
COPYING_SECONDS, COPYING_MEMORY = 30.0, 1 << 29  # bytes
MP4_ROOM = 1 << 20  # bytes that an mp4 may be larger than the stream that it is made of
NEEDED = ("LD_LIBRARY_PATH", "PYTHONHOME")  # where some hosts keep Python; neither is a secret
OUT_OF_TIME = (None, -signal.SIGXCPU, -signal.SIGALRM)  # killed by us, or by the worker's own limits
GRACE = 5  # seconds after which a worker that nobody watches ends itself
LAST_WORDS = 200  # bytes


class Exit(IntEnum):
    """The worker's exit status; 1 and 2 are left to Python itself, and any other means that it broke."""

    WRITTEN = 0
    TOO_LONG = 3
    FAILED = 4
    EMPTY = 5
    TOO_SHORT = 6


def installed() -> bool:
    """Say whether PyAV is there, without loading it."""
    return importlib.util.find_spec("av") is not None


class PyAvShrinker:
    """Shrinks one video after another, in the order in which they were asked for."""

    def __init__(self, *, seconds: float = SECONDS, memory: int = MEMORY) -> None:
        """Give each video so many seconds, counted from its turn, and so many bytes of memory."""
        self._worker = _Worker("made smaller", seconds, memory)

    async def shrink(self, video: Path, target: Path, *, limit: int) -> NotShrunk | None:
        """Write `video`, re-encoded to at most `limit` bytes, to `target`; or return why not, leaving no `target`."""
        from bot.models import NotShrunk  # here, because the worker imports this package and needs none of the bot

        if not installed():
            return NotShrunk.NOT_INSTALLED
        status, _ = await self._worker.write(target, limit, "shrink", video)
        if status in OUT_OF_TIME:
            return NotShrunk.TOO_SLOW
        if status == Exit.WRITTEN:
            return None
        return NotShrunk.TOO_LONG if status == Exit.TOO_LONG else NotShrunk.FAILED


@dataclass(frozen=True, slots=True)
class Remuxed:
    """An mp4 of a live view: its bytes and seconds, and whether it has sound.

    `skipped` is how many seconds of the stream came before its first key frame and are left out.
    """

    size: int
    seconds: float
    sound: bool
    skipped: float


class NotRemuxed(StrEnum):
    """Why a live view's stream did not become a video."""

    NOT_INSTALLED = "not installed"  # the optional PyAV is missing
    EMPTY = "empty"  # nothing came, or nothing from which a picture could be seen
    TOO_SHORT = "too short"  # under a second
    TOO_SLOW = "too slow"
    FAILED = "failed"  # it cannot be copied, the disk failed, or the worker broke


class PyAvRemuxer:
    """Makes mp4s of recorded live views, one after another."""

    def __init__(self, *, seconds: float = COPYING_SECONDS, memory: int = COPYING_MEMORY) -> None:
        """Give each stream so many seconds, counted from its turn, and so many bytes of memory."""
        self._worker = _Worker("made of a live view", seconds, memory)

    async def remux(self, raw: Path, to: Path, *, most_seconds: float, sound: bool) -> Remuxed | NotRemuxed:
        """Copy the MPEG-TS `raw` into the mp4 `to`, from its first key frame on; or return why not, leaving no `to`.

        It is cut after `most_seconds`, and has sound only if `sound` is true and the camera really sent some.
        """
        if not installed():
            return NotRemuxed.NOT_INSTALLED
        try:
            room = _size(raw) + MP4_ROOM
        except OSError:
            return NotRemuxed.EMPTY
        status, words = await self._worker.write(to, room, "remux", raw, most_seconds, int(sound))
        if status in OUT_OF_TIME:
            return NotRemuxed.TOO_SLOW
        if status == Exit.WRITTEN:
            return _remuxed(to, words)
        if status == Exit.EMPTY:
            return NotRemuxed.EMPTY
        return NotRemuxed.TOO_SHORT if status == Exit.TOO_SHORT else NotRemuxed.FAILED


def _remuxed(video: Path, words: str) -> Remuxed | NotRemuxed:
    """Read the worker's words about its video, which may be lies, since it has read a hostile file."""
    try:
        seconds, skipped, sound = map(float, words.split())
        if math.isfinite(seconds) and math.isfinite(skipped):
            return Remuxed(_size(video), seconds, bool(sound), skipped)
    except (OSError, ValueError):
        log.warning("a video that was made of a live view is not what the worker says")
    remove([video])
    return NotRemuxed.FAILED


class _Worker:
    """Runs the worker for one video after another, each with so many seconds and bytes of memory."""

    def __init__(self, purpose: str, seconds: float, memory: int) -> None:
        self._purpose = purpose
        self._seconds = seconds
        self._memory = memory
        self._turn = asyncio.Lock()

    async def write(self, target: Path, limit: int, *task: str | Path | float) -> tuple[int | None, str]:
        """Let it write `target`, of at most `limit` bytes; return its exit status and its words about the video.

        The status is None if its time was over. There is a `target` only if it is Exit.WRITTEN.
        """
        part = target.with_name(f"{target.name}.part")
        async with self._turn:
            try:
                remove([target])
                status, words = await self._run(part, limit, *task)
                if status == Exit.WRITTEN:
                    if _size(part) > limit:
                        return Exit.FAILED, ""
                    part.replace(target)
            except OSError as error:  # no process could be started, or the disk failed
                log.warning("a video could not be %s: %s", self._purpose, error.strerror or type(error).__name__)
                return Exit.FAILED, ""
            finally:
                remove([part])
        return status, words

    async def _run(self, part: Path, limit: int, *task: str | Path | float) -> tuple[int | None, str]:
        """Return the exit status and the last line of stdout; no worker is left when this ends."""
        process = await asyncio.create_subprocess_exec(
            *_command(part, limit, self._seconds + GRACE, self._memory, *task),
            cwd="/",
            env=_environment(),
            stdin=DEVNULL,
            stdout=PIPE,
            stderr=PIPE,
            process_group=0,  # Ctrl-C is for the bot, which then ends the worker
        )
        assert process.stdout is not None
        assert process.stderr is not None
        try:
            async with asyncio.timeout(self._seconds):
                said, complaint = await asyncio.gather(_last_line(process.stdout), _last_line(process.stderr))
                status = await process.wait()
        except TimeoutError:
            log.warning("a video was not %s in %g s", self._purpose, self._seconds)
            return None, ""
        finally:
            if process.returncode is None:
                with contextlib.suppress(ProcessLookupError):
                    process.kill()
                await process.wait()
        if status == Exit.FAILED or status not in list(Exit):
            log.warning("a video could not be %s: status %d, %s", self._purpose, status, complaint or "no words")
        return status, said


def _command(part: Path, *arguments: str | Path | float) -> list[str]:
    """Return the worker's command line: no modules from where it works (-P), no bytecode only it can read (-B)."""
    module = [sys.executable, "-PB", "-m", "bot.video.worker"]
    absolute = (argument.absolute() if isinstance(argument, Path) else argument for argument in (part, *arguments))
    return [*module, *map(str, absolute)]


def _environment() -> dict[str, str]:
    """Return an environment without secrets, in which the worker finds the modules that this process finds."""
    inherited = {name: os.environ[name] for name in NEEDED if name in os.environ}
    modules = os.pathsep.join(str(Path(entry).absolute()) for entry in sys.path if entry)
    return inherited | {"PYTHONPATH": modules, "MALLOC_ARENA_MAX": "2"}  # glibc's arenas would eat the memory limit


async def _last_line(stream: asyncio.StreamReader) -> str:
    """Return the end of the worker's last line, of harmless characters only."""
    tail = b""
    while chunk := await stream.read(4096):
        tail = (tail + chunk)[-LAST_WORDS:]
    lines = tail.decode("ascii", "replace").split("\n")
    last = next((line for line in reversed(lines) if line.strip()), "")
    return "".join(char for char in last if char.isascii() and char.isprintable()).strip()


def _size(path: Path) -> int:
    return path.stat().st_size
