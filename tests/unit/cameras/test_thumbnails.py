"""The latest pictures of several cameras, also if one of them fails, and those of shared cameras."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import pytest

from bot.blink import Camera
from bot.cameras.camera_list import SharedThumbnails, Thumbnail, latest_pictures
from bot.models import CameraKey, CameraKind, StorageUnavailable
from tests.support.waiting import until

CAMERA = Camera(CameraKey(CameraKind.CAMERA, 1, 2), "Front Door", "Home", "Outdoor", online=True, picture="/front.jpg")


class Blink:
    """A Blink that counts the pictures it gives."""

    account_id = 5

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def download_picture(self, path: str, target: Path, *, limit: int, again: float) -> int:
        self.asked.append(path)
        await asyncio.to_thread(target.write_bytes, b"jpeg")
        return 4

    def blink_now(self) -> datetime:
        return datetime(2026, 11, 28, 12, tzinfo=UTC)


async def test_a_database_that_is_away_is_told_by_its_own_error_and_not_by_a_group(tmp_path: Path) -> None:
    async def away(_: Path) -> Thumbnail | None:
        raise StorageUnavailable("away")

    with pytest.raises(StorageUnavailable):
        async with latest_pictures(tmp_path, {"front": away, "mini": away}):
            pass


async def test_a_picture_is_fetched_once_within_some_seconds(tmp_path: Path) -> None:
    pictures, blink = SharedThumbnails(tmp_path, kept=60.0), Blink()
    for number in range(5):
        target = tmp_path / f"{number}.jpg"
        found = await pictures.fetch(cast("Any", blink), CAMERA, target, seconds=30.0)
        assert found
        assert found.file == target
        assert target.read_bytes() == b"jpeg"
    assert blink.asked == ["/front.jpg"]
    kept = await pictures.fetch(cast("Any", blink), CAMERA, tmp_path / "kept.jpg", seconds=None)
    assert kept
    assert blink.asked == ["/front.jpg"]


async def test_no_picture_stays_on_disk_for_longer(tmp_path: Path) -> None:
    pictures, blink = SharedThumbnails(tmp_path, kept=0.01), cast("Any", Blink())
    await pictures.fetch(blink, CAMERA, tmp_path / "first.jpg", seconds=30.0)
    await until(lambda: not list(tmp_path.glob("*.kept.jpg")))
    assert await pictures.fetch(blink, CAMERA, tmp_path / "gone.jpg", seconds=None) is None
