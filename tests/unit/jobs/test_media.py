"""A video or a picture, and the version of it that a place takes."""

import asyncio
from pathlib import Path

import pytest

from bot.jobs import Media
from bot.models import NotShrunk


class Squeezer:
    """A shrinker that writes a file of a given share of the limit, or says why it cannot."""

    def __init__(self, share: float = 1.0, failure: NotShrunk | None = None) -> None:
        self._share = share
        self._failure = failure
        self.asked: list[int] = []

    async def shrink(self, video: Path, target: Path, *, limit: int) -> NotShrunk | None:
        """Write the smaller file."""
        self.asked.append(limit)
        if self._failure is None:
            await asyncio.to_thread(target.write_bytes, bytes(int(limit * self._share)))
        return self._failure


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "job.mp4"
    file.write_bytes(bytes(1000))
    return file


async def test_a_video_that_fits_stays_as_it_is(path: Path) -> None:
    shrinker = Squeezer()
    assert await Media(path, 1000, shrinker).within(1000) == path
    assert shrinker.asked == []


async def test_a_video_is_made_smaller_once_for_all_places_that_its_smaller_version_fits(path: Path) -> None:
    shrinker = Squeezer(share=0.5)
    video = Media(path, 1000, shrinker)
    smaller = await video.within(800)
    assert isinstance(smaller, Path)
    assert smaller.stat().st_size == 400
    assert await video.within(500) == smaller
    assert await video.within(999) == smaller
    assert await video.within(1000) == path
    assert shrinker.asked == [800]


async def test_a_place_that_takes_less_still_gets_a_version_of_its_own(path: Path) -> None:
    shrinker = Squeezer()
    video = Media(path, 1000, shrinker)
    first, second = await video.within(800), await video.within(300)
    assert isinstance(first, Path)
    assert isinstance(second, Path)
    assert [file.stat().st_size for file in (first, second)] == [800, 300]
    assert {file.name.split(".")[0] for file in (first, second)} == {"job"}, "they go when the job's files go"


@pytest.mark.parametrize("why", NotShrunk)
async def test_why_a_video_cannot_be_made_smaller_is_passed_on(path: Path, why: NotShrunk) -> None:
    video = Media(path, 1000, Squeezer(failure=why))
    assert await video.within(500) is why
    assert video.size == 1000


async def test_a_picture_is_never_made_smaller(path: Path) -> None:
    picture = Media(path, 1000)
    assert await picture.within(1000) == path
    assert await picture.within(999) is NotShrunk.TOO_LONG
    assert picture.size == 1000
