"""Films for all tests of this room."""

from pathlib import Path

import pytest

from tests.support.once import once
from tests.unit.video.films import Film, make

MIB = 1 << 20


@pytest.fixture(scope="session")
def clip() -> Path:
    """Three noisy seconds of about 3 MiB, with sound."""
    return once("clip.mp4", lambda path: make(path, Film()))


@pytest.fixture(scope="session")
def short_clip() -> Path:
    """A second in a small picture, for what is no question of the video; 100 kB are less than it has."""
    film = Film(seconds=1, width=320, height=180, bits=2_000_000)
    return once("short.mp4", lambda path: make(path, film))


@pytest.fixture(scope="session")
def long_clip() -> Path:
    """What keeps a worker busy for a while."""
    film = Film(seconds=8, width=1280, height=720, rate=20, bits=6_000_000, tone=0)
    return once("long.mp4", lambda path: make(path, film))
