"""`python -m bot`."""

import contextlib
import gc
import resource


def set_limits() -> None:
    """Forbid core dumps, which would hold every secret, and open as many files as the host allows."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
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
