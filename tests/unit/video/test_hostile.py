"""What comes from outside can be anything, and harms nobody."""

import asyncio
import logging
import random
from pathlib import Path

import pytest

from bot.models import NotShrunk
from bot.video import PyAvShrinker
from tests.support.once import once
from tests.unit.video.conftest import MIB
from tests.unit.video.films import Film, left_in, make, play

LIMIT = 150_000
SECRET = b"nobody-may-read-this"


async def outcome(video: Path, content: bytes | None = None) -> NotShrunk | None:
    """Shrink it, with this content if any, and make sure that only a success leaves a file."""
    if content is not None:
        await asyncio.to_thread(video.write_bytes, content)
    target = video.with_name("small.mp4")
    found = await PyAvShrinker(seconds=30).shrink(video, target, limit=LIMIT)
    assert left_in(video.parent) == sorted([video.name, *([target.name] if found is None else [])])
    assert found is not None or play(target).size <= LIMIT
    return found


def said(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.name == "bot.video"]


@pytest.fixture
def video(tmp_path: Path) -> Path:
    """Where the hostile file lies."""
    return tmp_path / "clip.mp4"


@pytest.mark.parametrize("content", [b"", SECRET * 1000, b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + SECRET * 99])
async def test_nonsense_fails_and_is_not_quoted(video: Path, content: bytes, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        assert await outcome(video, content) is NotShrunk.FAILED
    assert said(caplog) == ["a video could not be made smaller: status 4, InvalidDataError"]
    assert SECRET.decode() not in caplog.text


async def test_a_missing_video_fails(video: Path) -> None:
    assert await PyAvShrinker().shrink(video, video.with_name("small.mp4"), limit=LIMIT) is NotShrunk.FAILED


async def test_half_a_video_fails(clip: Path, video: Path) -> None:
    content = await asyncio.to_thread(clip.read_bytes)  # whose table of contents is at the end
    assert await outcome(video, content[: len(content) // 2]) is NotShrunk.FAILED


async def test_sound_alone_fails(video: Path, caplog: pytest.LogCaptureFixture) -> None:
    make(video, Film(seconds=1, bits=0))
    assert await outcome(video) is NotShrunk.FAILED
    assert said(caplog) == ["a video could not be made smaller: status 4, Undecodable"]


@pytest.fixture(scope="session")
def huge() -> bytes:
    """A small file with a huge picture."""
    film = Film(seconds=0.1, rate=10, width=4608, height=4096, spread=1, tone=0)
    return once("huge.mp4", lambda path: make(path, film)).read_bytes()


@pytest.mark.parametrize("claimed", [None, (640, 360)], ids=["by its header", "behind a modest header"])
async def test_a_small_file_with_a_huge_picture_is_not_decoded(
    video: Path, huge: bytes, claimed: tuple[int, int] | None
) -> None:
    content = bytearray(huge)
    assert len(content) < 100_000
    if claimed is not None:
        at = content.index(b"avc1", content.index(b"stsd")) + 28  # ISO/IEC 14496-12: VisualSampleEntry
        assert content[at : at + 4] == (4608).to_bytes(2, "big") + (4096).to_bytes(2, "big")
        content[at : at + 4] = b"".join(side.to_bytes(2, "big") for side in claimed)
    assert await outcome(video, bytes(content)) is NotShrunk.FAILED


async def test_one_that_takes_more_memory_than_it_may_fails(clip: Path, tmp_path: Path) -> None:
    target = tmp_path / "small.mp4"
    assert await PyAvShrinker(memory=150 * MIB).shrink(clip, target, limit=MIB) is NotShrunk.FAILED
    assert left_in(tmp_path) == []


@pytest.mark.parametrize("seed", range(4))
async def test_a_scrambled_video_ends_in_one_of_the_known_ways(video: Path, short_clip: Path, seed: int) -> None:
    content = bytearray(await asyncio.to_thread(short_clip.read_bytes))
    chance = random.Random(seed)
    table = content.index(b"moov")
    for _ in range(1 + 6 * seed):
        content[chance.randrange(table, len(content))] = chance.randrange(256)
        content[chance.randrange(len(content))] = chance.randrange(256)
    assert await outcome(video, bytes(content)) in (None, NotShrunk.FAILED, NotShrunk.TOO_LONG)
