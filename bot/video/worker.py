"""Shrinks or remuxes one video, confined, and ends.

`python -m bot.video.worker TARGET LIMIT SECONDS MEMORY shrink VIDEO`
`python -m bot.video.worker TARGET LIMIT SECONDS MEMORY remux RAW MOST_SECONDS SOUND`

It reads hostile files with decoders that are C, so it takes its limits before it loads them.
"""

import contextlib
import math
import os
import resource
import signal
import sys

from .supervisor import Exit

NICENESS = 10
CORES = 2


def main(target: str, limit: int, seconds: float, memory: int, task: str, *arguments: str) -> Exit:
    """Write `target` of at most `limit` bytes, within so many seconds and bytes of memory."""
    _confine(file_size=limit + limit // 4, seconds=math.ceil(seconds), memory=memory)
    try:
        return _shrink(target, limit, *arguments) if task == "shrink" else _remux(target, *arguments)
    except Exception as error:  # a hostile file can cause any; only its kind is told, since it may quote the file
        sys.stderr.write(f"{type(error).__name__}\n")
        return Exit.FAILED


def _shrink(target: str, limit: int, video: str) -> Exit:
    from .reencode import reencode

    return Exit.WRITTEN if reencode(video, target, limit) else Exit.TOO_LONG


def _remux(target: str, raw: str, most_seconds: str, sound: str) -> Exit:
    from .remux import TOO_SHORT, remux

    film = remux(raw, target, most_seconds=float(most_seconds), sound=sound == "1")
    if film is None:
        return Exit.EMPTY
    if film.seconds < TOO_SHORT:
        return Exit.TOO_SHORT
    sys.stdout.write(f"{film.seconds:.3f} {film.skipped:.3f} {int(film.sound)}\n")
    return Exit.WRITTEN


def _confine(*, file_size: int, seconds: int, memory: int) -> None:
    os.umask(0o077)
    os.nice(NICENESS)
    signal.alarm(seconds)  # ends the process, even if nobody is left to kill it
    for what, most in (
        (resource.RLIMIT_CORE, 1),  # a limit of 0 does not count if a program takes the dumps, see __main__
        (resource.RLIMIT_FSIZE, file_size),
        (resource.RLIMIT_CPU, seconds * CORES),
        (resource.RLIMIT_AS, memory),
    ):
        with contextlib.suppress(OSError, ValueError):  # macOS knows no limit of memory, a host may allow less already
            resource.setrlimit(what, (most, most + (what == resource.RLIMIT_CPU)))  # SIGXCPU first, which says why


if __name__ == "__main__":
    target, limit, seconds, memory, task, *arguments = sys.argv[1:]
    sys.exit(main(target, int(limit), float(seconds), int(memory), task, *arguments))
