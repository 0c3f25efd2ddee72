"""A video that is too large comes out small enough, whole, and with its sound, or there is a reason."""

import stat
from pathlib import Path

import av
import pytest

from bot.models import NotShrunk
from bot.video import PyAvShrinker
from tests.unit.video.conftest import MIB
from tests.unit.video.films import Film, contents_come_first, left_in, make, play


async def test_it_fits_and_plays_as_before(clip: Path, tmp_path: Path) -> None:
    before = play(clip)
    assert before.size > 3 * MIB
    target = tmp_path / "small.mp4"
    assert await PyAvShrinker().shrink(clip, target, limit=MIB) is None
    after = play(target)
    assert after.size <= MIB
    assert after.codecs == ("h264", "aac")
    assert after.seconds == pytest.approx(before.seconds, abs=0.3)
    assert after.heard == pytest.approx(before.heard, abs=0.3)
    assert (after.width, after.height, after.frames) == (before.width, before.height, before.frames)


async def test_it_is_private_starts_at_once_and_leaves_nothing_else(short_clip: Path, tmp_path: Path) -> None:
    target = tmp_path / "small.mp4"
    assert await PyAvShrinker().shrink(short_clip, target, limit=100_000) is None
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert left_in(tmp_path) == ["small.mp4"]
    assert contents_come_first(target)


async def test_little_room_means_a_smaller_picture(tmp_path: Path) -> None:
    video = make(tmp_path / "clip.mp4", Film(seconds=2, width=1280, height=720, rate=15, bits=6_000_000))
    target = tmp_path / "small.mp4"
    assert await PyAvShrinker().shrink(video, target, limit=170_000) is None
    after = play(target)
    assert (after.width, after.height) == (640, 360)
    assert after.size <= 170_000
    assert after.seconds == pytest.approx(2.0, abs=0.3)
    assert after.heard == pytest.approx(2.0, abs=0.3)


async def test_wasteful_sound_is_made_smaller_too(tmp_path: Path) -> None:
    video = make(tmp_path / "clip.mp4", Film(seconds=2, tone=256_000, bits=1_000_000))
    target = tmp_path / "small.mp4"
    assert await PyAvShrinker().shrink(video, target, limit=150_000) is None
    with av.open(str(target)) as container:
        assert container.streams.audio[0].bit_rate < 80_000
    assert play(target).heard == pytest.approx(2.0, abs=0.3)


async def test_sixty_frames_a_second_become_thirty(tmp_path: Path) -> None:
    video = make(tmp_path / "clip.mp4", Film(seconds=1, width=320, height=180, rate=60))
    target = tmp_path / "small.mp4"
    assert await PyAvShrinker().shrink(video, target, limit=150_000) is None
    assert play(target).frames == pytest.approx(30, abs=1)


async def test_a_silent_video_of_another_codec_becomes_h264(tmp_path: Path) -> None:
    video = make(tmp_path / "clip.mp4", Film(seconds=1, codec="mpeg4", tone=0))
    target = tmp_path / "small.mp4"
    assert await PyAvShrinker().shrink(video, target, limit=300_000) is None
    assert play(target).codecs == ("h264",)


async def test_too_long_for_the_limit(clip: Path, tmp_path: Path) -> None:
    target = tmp_path / "small.mp4"
    assert await PyAvShrinker().shrink(clip, target, limit=20_000) is NotShrunk.TOO_LONG
    assert left_in(tmp_path) == []


async def test_an_older_target_is_not_taken_for_the_result(clip: Path, tmp_path: Path) -> None:
    target = tmp_path / "small.mp4"
    target.write_bytes(b"old")
    assert await PyAvShrinker().shrink(clip, target, limit=20_000) is NotShrunk.TOO_LONG
    assert not target.exists()
