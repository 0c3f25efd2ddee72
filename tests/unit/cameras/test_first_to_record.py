"""The camera to try first after linking."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from bot.blink import Camera, Inventory
from bot.cameras import Cameras
from bot.models import CameraKey, CameraKind


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
