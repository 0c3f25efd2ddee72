"""Remove files that nobody needs any more."""

import logging
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from pathlib import Path

log = logging.getLogger("bot")


def remove(paths: Iterable[Path]) -> None:
    """Remove files, which may be gone already; nothing depends on it, so a failure is only logged."""
    with _logged():
        for path in paths:
            with _logged():
                path.unlink(missing_ok=True)


@contextmanager
def _logged() -> Generator[None]:
    try:
        yield
    except OSError as error:
        log.warning("a file could not be removed: %s", error.strerror)
