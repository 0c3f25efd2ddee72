"""`python -m bot`."""

import contextlib
import ctypes
import gc
import resource
import sys

_PR_SET_DUMPABLE = 4


def set_limits() -> None:
    """Forbid core dumps and looks into this process, which hold every secret, and open as many files as allowed."""
    if sys.platform == "linux":
        # A video that takes over its worker, which is of the same user, can then read no environment in /proc:
        # https://man7.org/linux/man-pages/man2/PR_SET_DUMPABLE.2const.html
        ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0)
    _, hard = resource.getrlimit(resource.RLIMIT_CORE)
    # If a program takes the dumps, Linux ignores a limit of 0 and heeds one of 1 byte, which no dump fits into:
    # https://github.com/torvalds/linux/blob/v6.12/fs/coredump.c
    most = 0 if hard == 0 else 1
    resource.setrlimit(resource.RLIMIT_CORE, (most, most))
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with contextlib.suppress(OSError, ValueError):  # macOS says "unlimited" and then allows less
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


if __name__ == "__main__":
    set_limits()
    gc.disable()  # modules make many objects and no garbage: a start takes a quarter less time without looking for it
    from bot.cli import main

    gc.freeze()  # later looks for garbage skip what the modules made, so that they hold up no command
    gc.enable()
    main(prog_name="python -m bot")
