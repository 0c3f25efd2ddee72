"""Programs that some tests need and a machine may lack."""

import os
import shutil

import pytest

OTHER_NAMES = {"chromium": ("chromium-browser", "google-chrome", "google-chrome-stable")}


def require(program: str) -> str:
    """Return the program's path; without it skip the test, or fail it where REQUIRE_ALL=1 allows no skips."""
    for name in (program, *OTHER_NAMES.get(program, ())):
        if (path := shutil.which(name)) is not None:
            return path
    if os.environ.get("REQUIRE_ALL") == "1":
        pytest.fail(f"{program} is not installed, and REQUIRE_ALL=1 allows no skips")
    pytest.skip(f"{program} is not installed")
