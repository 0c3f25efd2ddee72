"""Time zones as people type them, and as Blink says them."""

import pytest

from bot.blink import Inventory
from bot.ui.notify import find_zone, time_zones, zone_at


@pytest.mark.parametrize("typed", ["America/New_York", "america/new york", "  AMERICA/NEW_YORK "])
def test_a_zone_is_found_however_it_is_written(typed: str) -> None:
    assert find_zone(typed) == "America/New_York"


@pytest.mark.parametrize("typed", ["", "Mars/Olympus", "../etc/passwd", "\0", "localtime"])
def test_what_is_no_zone_is_not_found(typed: str) -> None:
    assert find_zone(typed) is None


def test_every_zone_can_be_offered() -> None:
    assert "Asia/Tokyo" in time_zones().values()
    assert max(map(len, time_zones().values())) <= 40


def test_the_zone_at_home_is_the_first_that_is_known() -> None:
    assert zone_at(Inventory(time_zones={1: "", 2: "Mars/Olympus", 3: "Europe/Berlin", 4: "Asia/Tokyo"})) == (
        "Europe/Berlin"
    )
    assert zone_at(Inventory()) == zone_at(None) == "UTC"
