"""What is dear to make and nobody changes: made once, for all processes of a test run."""

import fcntl
import os
from collections.abc import Callable
from pathlib import Path

FOLDER = "SHARED_BY_TESTS"  # the variable that tells workers where it is


def once(name: str, make: Callable[[Path], object]) -> Path:
    """Return the file or folder of this name, which `make` writes if no process has done so."""
    path = Path(os.environ[FOLDER], name)
    with path.with_name(f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not path.exists():
            part = path.with_name(f"{name}.part")
            make(part)
            part.rename(path)
    return path
