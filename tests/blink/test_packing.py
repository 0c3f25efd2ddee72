"""Cameras that are kept for later: the same afterwards, in little memory."""

from datetime import UTC, datetime

from bot.blink import Camera, Inventory, UsbModule, packed, unpacked
from bot.models import CameraKey, CameraKind
from tests.blink.conftest import Home


async def test_a_household_is_the_same_afterwards(home: Home) -> None:
    home.account.add_network("Cabin", usb="active").add_camera("Vorgarten · Tür 🚪", "floodlight", status="offline")
    seen = await home.client.inventory()
    assert unpacked(packed(seen)) == seen


def test_what_blink_does_not_say_is_still_not_known_afterwards() -> None:
    for odd in (
        Inventory(),
        Inventory((Camera(CameraKey(CameraKind.OWL, 10**18 - 1, 0), "", "", "", online=False),)),
        Inventory(usb={1: UsbModule(1, None, "memory_full")}, armed={1: False, 2: True}),
    ):
        assert unpacked(packed(odd)) == odd


def test_a_camera_takes_some_forty_bytes() -> None:
    home = Inventory(tuple(_camera(number) for number in range(20)), {1: "Casa"})
    assert len(packed(home)) < 20 * 60


def _camera(number: int) -> Camera:
    key = CameraKey(CameraKind.CAMERA, 812345, 3_000_000 + number)
    path = f"/api/v3/media/accounts/91234/networks/812345/sedona/{key.camera_id}/thumbnail/thumbnail.jpg"
    taken = 1_790_000_000 + number * 977
    return Camera(
        key,
        f"Room {number}",
        "Casa",
        "Outdoor 4",
        online=True,
        armed=True,
        motion=True,
        battery="ok",
        temperature=60.0 + number,
        wifi=4.0,
        picture=f"{path}?ts={taken}&ext=",
        pictured_at=datetime.fromtimestamp(taken, UTC),
    )
