"""How people of a Discord locale write times of day and temperatures.

The locales: https://docs.discord.com/developers/reference#locales. Hours as the short time of CLDR has them:
https://cldr.unicode.org/translation/date-time/date-time-patterns
"""

from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_TWELVE = frozenset({"en-US", "el", "hi", "ko", "zh-TW"})
_FAHRENHEIT = frozenset({"en-US"})


def twelve_hours(locale: str | None) -> bool:
    """Return whether they count to 12 twice a day; somebody whose locale is unknown reads 24 hours."""
    return locale in _TWELVE


def fahrenheit(locale: str | None) -> bool:
    """Return whether they measure temperatures in °F."""
    return locale in _FAHRENHEIT


def clock_time(moment: datetime, zone: str | None, locale: str | None) -> str:
    """Return the time of day in a time zone, or Discord's own if the zone is unknown, which the reader's app writes."""
    try:
        local = moment.astimezone(ZoneInfo(zone or ""))
    except (OSError, ValueError, ZoneInfoNotFoundError):
        return f"<t:{int(moment.timestamp())}:t>"
    if twelve_hours(locale):
        return f"{local.hour % 12 or 12}:{local:%M} {'PM' if local.hour >= 12 else 'AM'}"
    return f"{local:%H:%M}"
