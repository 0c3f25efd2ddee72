"""`python -m bot.video.worker VIDEO TARGET LIMIT SECONDS MEMORY`: re-encodes one video, confined, and ends.

What it reads is hostile and its decoders are C, so it takes its limits before it loads them.
"""

import contextlib
import math
import os
import resource
import signal
import sys

from .exits import Exit

NICENESS = 10
CORES = 2


def main(video: str, target: str, limit: int, seconds: float, memory: int) -> Exit:
    """Write `video`, re-encoded to at most `limit` bytes, to `target`, within so many seconds and bytes of memory."""
    _confine(file_size=limit + limit // 4, seconds=math.ceil(seconds), memory=memory)
    try:
        from .reencode import reencode

        return Exit.WRITTEN if reencode(video, target, limit) else Exit.TOO_LONG
    except Exception as error:  # a hostile file can cause any; only its kind is told, since it may quote the file
        sys.stderr.write(f"{type(error).__name__}\n")
        return Exit.FAILED


def _confine(*, file_size: int, seconds: int, memory: int) -> None:
    os.umask(0o077)
    os.nice(NICENESS)
    signal.alarm(seconds)  # ends the process, even if nobody is left to kill it
    for what, most in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, file_size),
        (resource.RLIMIT_CPU, seconds * CORES),
        (resource.RLIMIT_AS, memory),
    ):
        with contextlib.suppress(OSError, ValueError):  # macOS knows no limit of memory, a host may allow less already
            resource.setrlimit(what, (most, most + (what == resource.RLIMIT_CPU)))  # SIGXCPU first, which says why


if __name__ == "__main__":
    video, target, limit, seconds, memory = sys.argv[1:]
    sys.exit(main(video, target, int(limit), float(seconds), int(memory)))
