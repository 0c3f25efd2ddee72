"""Files on this machine: a private folder for videos under way, and the removal of what nobody needs any more."""

import contextlib
import fcntl
import logging
import os
import shutil
import tempfile
from collections.abc import Generator, Iterable
from pathlib import Path
from typing import TextIO

log = logging.getLogger("bot")

_PREFIX = "blink-clip-bot-"
_LOCK = "lock"


@contextlib.contextmanager
def video_folder(parent: Path | None = None) -> Generator[Path]:
    """Make the folder (mode 700) in `parent` or the system's temporary one, and remove it and its files at the end.

    Each start removes the folders that killed processes left. Each process locks its own folder, and a killed process
    loses its lock, so sweeping never touches one in use.
    """
    base = parent or Path(tempfile.gettempdir())
    _sweep(base)
    folder, lock = _locked(base)
    with lock:
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def _locked(base: Path) -> tuple[Path, TextIO]:
    """Make a folder and lock it; make another if a starting process sweeps it in between."""
    while True:
        folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=base))
        lock = (folder / _LOCK).open("w")
        fcntl.flock(lock, fcntl.LOCK_EX)
        if os.fstat(lock.fileno()).st_nlink:
            return folder, lock
        lock.close()


def _sweep(base: Path) -> None:
    for folder in base.glob(f"{_PREFIX}*"):
        with contextlib.suppress(OSError):
            if folder.is_symlink() or folder.stat().st_uid != os.getuid():
                continue
            with (folder / _LOCK).open("r") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder, ignore_errors=True)


def remove(paths: Iterable[Path]) -> None:
    """Remove files, which may be gone already; nothing depends on it, so a failure is only logged."""
    with _logged():
        for path in paths:
            with _logged():
                path.unlink(missing_ok=True)


@contextlib.contextmanager
def _logged() -> Generator[None]:
    try:
        yield
    except OSError as error:
        log.warning("a file could not be removed: %s", error.strerror)
