"""Everything that `/cameras` can say, whatever the names are and however many cameras there are."""

from dataclasses import replace
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import Any

import pytest

from bot.blink import Camera
from bot.cameras import Shown, Thumbnail
from bot.models import CameraKey, CameraKind
from bot.wording import Card, cameras
from bot.wording.custom_ids import CAMERA, CAMERAS
from tests.support.reading import drawn, pictures_of, rows_of, text_of

TAKEN = datetime(2026, 11, 23, 12, tzinfo=UTC)
LONG = "*x_" * 27
OWNER = 10**20 - 1


def shown(number: int = 7, name: str = "Front Door", *, choice: str = "", drive: str = "none", **state: Any) -> Shown:
    key = CameraKey(CameraKind.CAMERA, 410, number)
    live = bool(state.pop("live", False))
    camera = Camera(key, name, **({"network": "Home", "model": "Outdoor", "online": True} | state))
    return Shown(camera, choice or str(key), name, None, drive, live=live)  # pyright: ignore[reportArgumentType] - no card looks at it


def card(camera: Shown, picture: Thumbnail | None = None) -> Card:
    [only] = cameras.page([camera], {camera.choice: picture} if picture else {}, number=1, pages=1, owner=6)
    return only


def rows(cards: tuple[Card, ...]) -> list[list[tuple[str, str]]]:
    """Return a page's buttons, row by row: label and custom_id."""
    return [[(one["label"], one["custom_id"]) for one in row] for row in rows_of(drawn(*cards))]


COUNTS = {
    "1 camera": [shown()],
    "2 cameras": [shown(1), shown(2, battery="ok")],
    "2 cameras · 1 offline": [shown(1), shown(2, online=False)],
    "1 camera · 1 with a low battery": [shown(battery="low")],
    "3 cameras · 2 offline · 1 with a low battery": [
        shown(1, online=False),
        shown(2, online=False, battery="low"),
        shown(3),
    ],
}


@pytest.mark.parametrize(("said", "seen"), COUNTS.items(), ids=COUNTS.keys())
def test_the_first_line_counts_what_is_wrong(said: str, seen: list[Shown]) -> None:
    assert cameras.count(seen) == said


def test_the_owners_whose_cameras_could_not_be_seen_are_named_as_far_as_there_is_room() -> None:
    few, many = ["*alice*", "bob"], [f"owner {number}" for number in range(23)]
    assert cameras.count([shown()], silent=few).endswith(
        "\n\\*alice\\*'s and bob's Blink could not be read now; try again in a minute, or ask them."
    )
    assert "owner 19's and 3 others' Blink could not be read now" in cameras.count([shown()], silent=many)


READINGS: dict[str, tuple[Shown, tuple[str, ...], tuple[str, ...]]] = {
    "nothing is known": (shown(), ("Home · Outdoor · armed: unknown",), ("battery", "Wi-Fi", "°F", "USB")),
    "offline": (shown(online=False, battery="ok"), ("**Offline**; as last known:\nHome · Outdoor",), ("battery",)),
    "armed, and nothing is wrong": (
        shown(armed=True, motion=True, battery="ok", temperature=68.0, wifi=4.0, drive="active"),
        ("Home · Outdoor · armed · 68 °F\n",),
        ("motion detection", "battery", "Wi-Fi", "USB drive"),
    ),
    "a low battery, and a weak signal": (shown(battery="low", wifi=2.0), ("battery low ⚠️ · weak Wi-Fi (2/5)",), ()),
    "motion detection off": (shown(armed=False, motion=False), ("not armed · motion detection off",), ()),
    "no video of it is kept": (shown(live=True), ("Blink keeps no video of it: `/clip` records its live view",), ()),
    "videos of it are kept": (shown(), (), ("live view",)),
    "a full drive": (shown(drive="memory_full"), ("USB drive full",), ()),
    "a drive in a state that nobody knows": (shown(drive="*odd*"), (r"USB drive: \*odd\*",), ()),
}


@pytest.mark.parametrize(("camera", "said", "unsaid"), READINGS.values(), ids=READINGS.keys())
def test_a_card_has_the_readings_that_there_are(camera: Shown, said: tuple[str, ...], unsaid: tuple[str, ...]) -> None:
    text = f"{card(camera).text}\n"
    assert all(words in text for words in said)
    assert not any(words in text for words in unsaid)


def test_a_picture_says_how_old_it_is_where_that_is_known() -> None:
    camera = shown(picture="/x.jpg")
    dated = card(camera, Thumbnail(Path("x"), TAKEN))
    assert dated.small == f"picture <t:{int(TAKEN.timestamp())}:R>"
    [picture] = pictures_of(drawn(dated))
    assert picture["media"]["url"] == f"attachment://{dated.thumbnail}"
    undated = card(camera, Thumbnail(Path("x"), None))
    assert undated.thumbnail
    assert "picture" not in text_of(drawn(undated))


def test_a_card_without_a_picture_says_why() -> None:
    refused, none_yet = card(shown(picture="/x.jpg", pictured_at=TAKEN)), card(shown())
    assert refused.thumbnail is none_yet.thumbnail is None
    assert "its picture did not come" in refused.small
    assert "no picture yet" in none_yet.small
    assert "<t:" not in refused.small


def test_each_camera_has_a_row_of_buttons_and_the_last_row_turns_the_pages() -> None:
    cards = cameras.page([shown(1, "Door"), shown(2, "Yard")], {}, number=2, pages=3, owner=6)
    assert rows(cards) == [
        [("Clip", "cam:clip:camera.410.1:6"), ("Picture", "cam:snap:camera.410.1:6")],
        [("Clip", "cam:clip:camera.410.2:6"), ("Picture", "cam:snap:camera.410.2:6")],
        [
            ("‹ Back", "cameras:back:1:6"),  # noqa: RUF001 - an arrow's head
            ("Next ›", "cameras:next:3:6"),  # noqa: RUF001 - an arrow's head
            ("Refresh", "cameras:refresh:2:6"),
            ("All", "cam:snap:all:6"),
        ],
    ]


@pytest.mark.parametrize(("number", "back", "on"), [(1, 3, 2), (2, 1, 3), (3, 2, 1)])
def test_every_button_of_a_page_leads_to_another_one(number: int, back: int, on: int) -> None:
    turning = rows(cameras.page([shown()], {}, number=number, pages=3, owner=6))[1]
    assert [custom_id for _, custom_id in turning[:2]] == [f"cameras:back:{back}:6", f"cameras:next:{on}:6"]
    assert cameras.count([shown()], number=number, pages=3) == f"1 camera · page {number} of 3"


def test_a_single_page_can_only_be_refreshed() -> None:
    assert [label for label, _ in rows((card(shown()),))[1]] == ["Refresh"]


def test_a_card_says_what_tells_its_camera_from_the_others() -> None:
    cards = cameras.page([replace(shown(1), label="Front Door · Home (2)")], {}, number=1, pages=1, owner=6)
    assert cards[0].title == "🟢 Front Door · Home (2)"


def test_the_longest_page_keeps_discords_limits_and_its_buttons_are_read_back() -> None:
    wordy = {"network": LONG, "model": "Wired Floodlight", "online": False, "battery": LONG, "picture": "/x.jpg"}
    five = [shown(n, LONG[:80], choice="g" * 59 + str(n), drive=LONG, temperature=-1e300, **wordy) for n in range(5)]
    cards = cameras.page(five, {}, number=9998, pages=9999, owner=OWNER)
    found = rows(cards)
    assert len(found) == 6
    for _, custom_id in chain.from_iterable(found):
        assert len(custom_id) <= 100
        assert CAMERA.fullmatch(custom_id) or CAMERAS.fullmatch(custom_id)


@pytest.mark.parametrize(
    ("many", "pages", "offered"), [(1, 1, False), (2, 1, True), (5, 1, True), (5, 2, True), (1, 2, True)]
)
def test_all_is_offered_if_there_are_several_cameras(many: int, pages: int, offered: bool) -> None:
    seen = [shown(number, f"Camera {number}") for number in range(1, many + 1)]
    last = rows(cameras.page(seen, {}, number=1, pages=pages, owner=6))[-1]
    assert (("All", "cam:snap:all:6") in last) is offered


def test_a_hostile_name_is_shown_as_it_is_on_its_card() -> None:
    assert r"\*\*Door\*\* \<@1>" in card(shown(name="**Door** <@1>")).title
