"""Films for all tests of this room."""

from pathlib import Path

import pytest

from tests.unit.video.films import Film, make

MIB = 1 << 20


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three noisy seconds of about 3 MiB, with sound."""
    return make(tmp_path_factory.mktemp("films") / "clip.mp4", Film())


@pytest.fixture(scope="session")
def short_clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A second in a small picture, for what is no question of the video; 100 kB are less than it has."""
    film = Film(seconds=1, width=320, height=180, bits=2_000_000)
    return make(tmp_path_factory.mktemp("films") / "short.mp4", film)


@pytest.fixture(scope="session")
def long_clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What keeps a worker busy for a while."""
    film = Film(seconds=8, width=1280, height=720, rate=20, bits=6_000_000, tone=0)
    return make(tmp_path_factory.mktemp("films") / "long.mp4", film)
