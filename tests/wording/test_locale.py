"""Times of day and temperatures as people of each of Discord's locales write them."""

from datetime import UTC, datetime

import discord
import pytest

from bot.wording.locale import clock_time, fahrenheit, twelve_hours

TWELVE = {"en-US", "el", "hi", "ko", "zh-TW"}


@pytest.mark.parametrize("locale", [one.value for one in discord.Locale])
def test_each_locale_of_discord_has_its_hours_and_its_degrees(locale: str) -> None:
    assert twelve_hours(locale) == (locale in TWELVE)
    assert fahrenheit(locale) == (locale == "en-US")


def test_somebody_unknown_reads_24_hours_and_celsius() -> None:
    assert not twelve_hours(None)
    assert not fahrenheit(None)


@pytest.mark.parametrize(
    ("hour", "twelve", "all_day"),
    [(0, "12:05 AM", "00:05"), (7, "7:05 AM", "07:05"), (12, "12:05 PM", "12:05"), (23, "11:05 PM", "23:05")],
)
def test_noon_and_midnight_are_twelve(hour: int, twelve: str, all_day: str) -> None:
    moment = datetime(2026, 11, 24, hour, 5, tzinfo=UTC)
    assert clock_time(moment, "UTC", "en-US") == twelve
    assert clock_time(moment, "UTC", "de") == all_day
