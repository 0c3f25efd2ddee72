"""The clock and the scale of a reader's language."""

import discord

from bot.wording.locale import temperature, twelve_hours, uses_fahrenheit


def test_each_of_discords_languages_has_its_clock_and_its_scale() -> None:
    locales = [one.value for one in discord.Locale]
    assert {one for one in locales if twelve_hours(one)} == {"en-US", "es-419", "el", "hi", "ko", "zh-TW"}
    assert [one for one in locales if uses_fahrenheit(one)] == ["en-US"]


def test_a_language_that_discord_adds_later_is_read_as_most_are() -> None:
    assert not twelve_hours("xx")
    assert not uses_fahrenheit("xx")


def test_a_temperature_is_in_the_readers_scale() -> None:
    assert temperature(68.0, "en-US") == "68 °F"
    assert temperature(68.0, "en-GB") == temperature(68.0, "de") == "20 °C"
    assert temperature(14.0, "fi") == "-10 °C"
