"""The latest pictures of several cameras, those of shared cameras, and the camera to try first after linking."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from bot.blink import Camera, Inventory
from bot.cameras import Cameras, CameraTiming, Shown
from bot.cameras.camera_list import SharedThumbnails
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
    class Away(Blink):
        async def download_picture(self, path: str, target: Path, *, limit: int, again: float) -> int:
            raise StorageUnavailable("away")

    session = cast("Any", SimpleNamespace(client=Away()))
    cameras = Cameras(cast("Any", SimpleNamespace(timing=CameraTiming())), tmp_path, live=False)
    with pytest.raises(StorageUnavailable):
        async with cameras.pictured([Shown(CAMERA, choice, choice, session) for choice in ("front", "mini")]):
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


def camera(number: int, *, online: bool = True) -> Camera:
    return Camera(CameraKey(CameraKind.CAMERA, 410, number), f"Camera {number}", "Home", "Outdoor", online=online)


OFFLINE, SECOND, THIRD = camera(1, online=False), camera(2), camera(3)
CASES: dict[str, tuple[list[Camera], list[Camera], bool, Camera | None]] = {
    "the first that is online": ([OFFLINE, SECOND, THIRD], [], False, SECOND),
    "rather one whose videos Blink keeps": ([SECOND, THIRD], [SECOND], True, THIRD),
    "else one whose live view is recorded": ([OFFLINE, SECOND], [SECOND], True, SECOND),
    "none if live views are off": ([SECOND], [SECOND], False, None),
    "none if all are offline": ([OFFLINE], [], True, None),
}


@pytest.mark.parametrize(("listed", "without", "live", "first"), CASES.values(), ids=CASES.keys())
async def test_the_first_camera_is_one_that_gives_a_video(
    listed: list[Camera], without: list[Camera], live: bool, first: Camera | None
) -> None:
    async def session(_: int) -> Any:
        return SimpleNamespace(client=None)

    async def inventory(_: Any) -> Inventory:
        return Inventory(tuple(listed))

    async def without_videos(_: Any, keys: list[CameraKey]) -> frozenset[CameraKey]:
        return frozenset(one.key for one in without if one.key in keys)

    finder = SimpleNamespace(
        sessions=SimpleNamespace(session=session),
        inventory=inventory,
        retention=SimpleNamespace(without_videos=without_videos),
        timing=SimpleNamespace(shared_age=1.0),
    )
    cameras = Cameras(cast("Any", finder), Path(), live=live)
    assert await cameras.first_to_record(6) == first
