"""Times of day and temperatures as people of each of Discord's locales write them."""

from datetime import UTC, datetime

import discord
import pytest

from bot.wording.alerts import clock_time
from bot.wording.cameras import temperature

EVENING = datetime(2026, 11, 24, 19, 16, tzinfo=UTC)
TWELVE = {"en-US", "el", "hi", "ko", "zh-TW"}


@pytest.mark.parametrize("locale", [one.value for one in discord.Locale])
def test_each_locale_of_discord_has_its_hours_and_its_degrees(locale: str) -> None:
    assert clock_time(EVENING, "UTC", locale) == ("7:16 PM" if locale in TWELVE else "19:16")
    assert temperature(68.0, locale) == ("68 °F" if locale == "en-US" else "20 °C")


@pytest.mark.parametrize("locale", [None, "xx"])
def test_an_unknown_locale_has_24_hours_and_celsius(locale: str | None) -> None:
    assert clock_time(EVENING, "UTC", locale) == "19:16"
    assert temperature(68.0, locale) == "20 °C"


def test_a_temperature_is_in_the_readers_scale() -> None:
    assert temperature(68.0, "en-US") == "68 °F"
    assert temperature(68.0, "en-GB") == temperature(68.0, "de") == "20 °C"
    assert temperature(14.0, "fi") == "-10 °C"


@pytest.mark.parametrize(
    ("hour", "twelve", "all_day"),
    [(0, "12:05 AM", "00:05"), (7, "7:05 AM", "07:05"), (12, "12:05 PM", "12:05"), (23, "11:05 PM", "23:05")],
)
def test_noon_and_midnight_are_twelve(hour: int, twelve: str, all_day: str) -> None:
    moment = datetime(2026, 11, 24, hour, 5, tzinfo=UTC)
    assert clock_time(moment, "UTC", "en-US") == twelve
    assert clock_time(moment, "UTC", "de") == all_day
