"""The ways of a reader's language, by the locale that Discord sends: which clock and which scale of temperature.

Both follow Unicode's CLDR (https://www.unicode.org/cldr/charts/latest/supplemental/index.html), for Discord's locales:
https://docs.discord.com/developers/reference#locales
"""

_TWELVE_HOURS = frozenset({"en-US", "es-419", "el", "hi", "ko", "zh-TW"})
_FAHRENHEIT = frozenset({"en-US"})


def twelve_hours(locale: str) -> bool:
    """Say whether people with this locale write 7:16 PM, not 19:16."""
    return locale in _TWELVE_HOURS


def uses_fahrenheit(locale: str) -> bool:
    """Say whether people with this locale measure temperatures in °F, not °C."""
    return locale in _FAHRENHEIT


def temperature(degrees: float, locale: str) -> str:
    """Return a temperature in the reader's scale; Blink gives °F."""
    return f"{degrees:.0f} °F" if uses_fahrenheit(locale) else f"{(degrees - 32) / 1.8:.0f} °C"
