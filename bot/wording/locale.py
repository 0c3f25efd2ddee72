"""How people of a Discord locale write times of day and temperatures.

Both follow Unicode's CLDR (https://www.unicode.org/cldr/charts/latest/supplemental/index.html), for Discord's locales:
https://docs.discord.com/developers/reference#locales
"""

from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_TWELVE_HOURS = frozenset({"en-US", "el", "hi", "ko", "zh-TW"})
_FAHRENHEIT = frozenset({"en-US"})


def twelve_hours(locale: str | None) -> bool:
    """Say whether they write 7:16 PM, not 19:16; somebody whose locale is unknown reads 24 hours."""
    return locale in _TWELVE_HOURS


def uses_fahrenheit(locale: str | None) -> bool:
    """Say whether they measure temperatures in °F, not °C."""
    return locale in _FAHRENHEIT


def temperature(degrees: float, locale: str | None) -> str:
    """Return a temperature in the reader's scale; Blink gives °F."""
    return f"{degrees:.0f} °F" if uses_fahrenheit(locale) else f"{(degrees - 32) / 1.8:.0f} °C"


def clock_time(moment: datetime, zone: str | None, locale: str | None) -> str:
    """Return the time of day in a time zone, or Discord's own if the zone is unknown, which the reader's app writes."""
    try:
        local = moment.astimezone(ZoneInfo(zone or ""))
    except (OSError, ValueError, ZoneInfoNotFoundError):
        return f"<t:{int(moment.timestamp())}:t>"
    if twelve_hours(locale):
        return f"{local.hour % 12 or 12}:{local:%M} {'PM' if local.hour >= 12 else 'AM'}"
    return f"{local:%H:%M}"
