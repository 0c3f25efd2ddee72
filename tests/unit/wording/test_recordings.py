"""The list of recordings and its menu are of the same entries, at the time where the cameras are."""

from datetime import UTC, datetime, timedelta

from bot.blink import Camera
from bot.cameras import Recording
from bot.models import CameraKey, CameraKind
from bot.wording import Card
from bot.wording import recordings as words
from tests.support.reading import drawn, text_of

NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)
FRONT = Camera(CameraKey(CameraKind.CAMERA, 1, 2), "Front", "Home", "Outdoor", online=True)


def recording(number: int, zone: str = "Europe/Berlin", *, on_usb: bool = False, label: str = "") -> Recording:
    made = NOON - timedelta(minutes=number)
    return Recording(f"cloud.{number}.1", FRONT, made, on_usb, label or FRONT.label, zone)


def card(*recordings: Recording, cameras: tuple[str, ...] = ()) -> Card:
    return words.listed(recordings, unread=(), cameras=cameras, period="the last hour", owner=6, public=False)


def test_list_and_menu_have_the_same_entries_in_the_cameras_zone_which_is_named_once() -> None:
    shown = card(recording(1), recording(2, on_usb=True))
    assert shown.text.split("\n") == [
        "**2 recordings from the last hour.** Times are those of Europe/Berlin.",
        "1. Sat 28 Nov 12:59 · Front · Home",
        "2. Sat 28 Nov 12:58 · USB drive · Front · Home",
    ]
    assert [option[1:] for option in shown.menus[0].options] == [
        ("1. Front · Home", "Sat 28 Nov 12:59"),
        ("2. Front · Home", "Sat 28 Nov 12:58 · USB drive"),
    ]


def test_of_cameras_in_several_zones_each_time_says_which_it_is() -> None:
    shown = card(recording(1), recording(2, "America/New_York"), recording(3, "Nowhere"))
    assert [option[2] for option in shown.menus[0].options] == [
        "Sat 28 Nov 12:59 CET",
        "Sat 28 Nov 06:58 EST",
        "Sat 28 Nov 11:57 UTC",
    ]
    assert "Times are" not in shown.text


def test_the_longest_list_is_whole() -> None:
    shown = card(*(recording(number, label="*" * 70) for number in range(30)), cameras=("*" * 70,) * 2)
    _, *lines = text_of(drawn(shown)).strip().split("\n")
    assert lines[25].startswith("25. ")
    assert lines[26] == "-# These are the newest 25; a camera or a shorter time brings others."
    assert len(shown.menus[0].options) == 25
