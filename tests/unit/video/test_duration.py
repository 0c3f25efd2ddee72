"""How long a video is."""

from pathlib import Path

import pytest

from bot.video import seconds_of


async def test_a_video_tells_its_length(clip: Path) -> None:
    assert await seconds_of(clip) == pytest.approx(3.0, abs=0.1)


@pytest.mark.parametrize("content", [b"", b"nonsense" * 1000, b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom", bytes(5000)])
async def test_nonsense_tells_nothing(tmp_path: Path, content: bytes) -> None:
    video = tmp_path / "clip.mp4"
    video.write_bytes(content)
    assert await seconds_of(video) is None


async def test_a_missing_file_tells_nothing(tmp_path: Path) -> None:
    assert await seconds_of(tmp_path / "clip.mp4") is None


@pytest.mark.parametrize("claimed", [0, 0xFFFFFFFF])
async def test_a_length_that_cannot_be_true_is_not_believed(clip: Path, tmp_path: Path, claimed: int) -> None:
    assert await seconds_of(_claiming(claimed, clip, tmp_path / "clip.mp4")) is None


def _claiming(units: int, video: Path, target: Path) -> Path:
    content = bytearray(video.read_bytes())
    for header in (b"mvhd", b"mdhd"):
        at = -1
        while (at := content.find(header, at + 1)) >= 0:
            content[at + 20 : at + 24] = units.to_bytes(4, "big")  # ISO/IEC 14496-12: duration, version 0
    target.write_bytes(content)
    return target
