"""Programs that some tests need and a machine may lack."""

import glob
import os
import shutil

import pytest

NAMES = {  # the best one first: Debian has a Chromium that is only headless, and does the same with less
    "chromium": ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
}
FOLDERS = {"postgres": "/usr/lib/postgresql/*/bin"}  # Debian keeps every version apart, and out of PATH


def require(program: str) -> str:
    """Return the program's path; without it skip the test, or fail it where REQUIRE_ALL=1 allows no skips."""
    for name in NAMES.get(program, (program,)):
        folders = [os.environ.get("PATH", os.defpath), *sorted(glob.glob(FOLDERS.get(program, "")), reverse=True)]
        if (path := shutil.which(name, path=os.pathsep.join(folders))) is not None:
            return path
    if os.environ.get("REQUIRE_ALL") == "1":
        pytest.fail(f"{program} is not installed, and REQUIRE_ALL=1 allows no skips")
    pytest.skip(f"{program} is not installed")
