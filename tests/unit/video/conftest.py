"""One film for all tests of this room, and what the worker's process shows of itself."""

from pathlib import Path

import pytest

from tests.unit.video.films import Film, make

MIB = 1 << 20


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three noisy seconds of about 3 MiB, with sound."""
    return make(tmp_path_factory.mktemp("films") / "clip.mp4", Film())


@pytest.fixture(scope="session")
def long_clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What keeps a worker busy for a while."""
    film = Film(seconds=8, width=1280, height=720, rate=20, bits=6_000_000, tone=0)
    return make(tmp_path_factory.mktemp("films") / "long.mp4", film)
