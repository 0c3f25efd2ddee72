"""`python -m bot`."""

import contextlib
import resource

from bot.loading import loading


def set_limits() -> None:
    """Forbid core dumps, which would hold every secret, and open as many files as the host allows."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with contextlib.suppress(OSError, ValueError):  # macOS says "unlimited" and then allows less
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


if __name__ == "__main__":
    set_limits()
    with loading():
        from bot.cli import main

    main(prog_name="python -m bot")
