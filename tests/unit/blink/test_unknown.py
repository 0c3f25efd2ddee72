"""Devices in lists that this version does not know: counted and logged, and never too many of them."""

import logging
from typing import Any

import pytest

from bot.blink.inventory import inventory
from bot.blink.json_models import Homescreen
from bot.wording import cameras, pages
from bot.wording.cards import Card

HOME: dict[str, Any] = {"networks": [{"id": 1, "name": "Home"}], "cameras": [], "owls": []}
BELL = {"id": 7, "network_id": 1, "name": "Bell"}

LISTS: dict[str, tuple[dict[str, Any], int]] = {
    "a doorbell in a list of its own": ({"lotus": [BELL]}, 1),
    "new cameras": ({"hawks": [BELL, {**BELL, "id": 8}], "lotus": [BELL]}, 3),
    "what is known and no camera": ({"sirens": [BELL], "chimes": [BELL], "doorbell_buttons": [BELL]}, 0),
    "entries that are no devices": ({"hawks": [{"id": 7, "name": "Bell"}, {**BELL, "name": None}, 7, None, [BELL]]}, 0),
    "what is no list": ({"hawks": BELL, "lotus": "Bell", "accessories": {"rosie": [BELL]}}, 0),
    "a list by our own word": ({"unknown": [BELL] * 3}, 3),
}


@pytest.mark.parametrize(("lists", "count"), LISTS.values(), ids=LISTS.keys())
def test_devices_in_unknown_lists_are_counted(lists: dict[str, Any], count: int) -> None:
    seen = inventory(Homescreen.model_validate({**HOME, **lists}), 5001)
    assert (seen.unknown, seen.cameras) == (count, ())


def test_an_unknown_list_is_logged_once_by_its_key(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, "bot.blink"):
        for _ in range(3):
            inventory(Homescreen.model_validate({**HOME, "once\n": [BELL]}), 5001)
    assert [record.getMessage() for record in caplog.records] == [
        "Blink lists devices under “once”, which this version does not know"
    ]


def test_a_hostile_answer_is_not_read_to_its_end() -> None:
    lists = {f"list {number}": [BELL] * 1000 for number in range(1000)}
    seen = Homescreen.model_validate({**HOME, **lists}).unknown
    assert len(seen) <= 20
    assert sum(seen.values()) <= 2000


def test_people_read_that_there_is_something_unknown() -> None:
    seen = inventory(Homescreen.model_validate({**HOME, "lotus": [BELL]}), 5001)
    card: Card = cameras.none(shared=False, unknown=seen.unknown)
    assert "1 device that I do not know" in card.text
    assert "has no cameras" not in card.text
    assert "1 device that I do not know" in pages.done(seen).text[0]
    assert cameras.count([], unknown=2).endswith(" · 2 devices that I do not know")
