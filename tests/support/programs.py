"""Programs that some tests need and a machine may lack."""

import glob
import os
import shutil

import pytest

OTHER_NAMES = {"chromium": ("chromium-browser", "google-chrome", "google-chrome-stable")}
FOLDERS = {"postgres": "/usr/lib/postgresql/*/bin"}  # Debian keeps every version apart, and out of PATH


def require(program: str) -> str:
    """Return the program's path; without it skip the test, or fail it where REQUIRE_ALL=1 allows no skips."""
    for name in (program, *OTHER_NAMES.get(program, ())):
        folders = [os.environ.get("PATH", os.defpath), *sorted(glob.glob(FOLDERS.get(program, "")), reverse=True)]
        if (path := shutil.which(name, path=os.pathsep.join(folders))) is not None:
            return path
    if os.environ.get("REQUIRE_ALL") == "1":
        pytest.fail(f"{program} is not installed, and REQUIRE_ALL=1 allows no skips")
    pytest.skip(f"{program} is not installed")
