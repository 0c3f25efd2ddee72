"""What people type for the limits of a grant, read with care."""

import re
from datetime import UTC, datetime, time, timedelta

from bot.blink import zone_of

from .model import Hours

_SPAN = re.compile(r"(?P<count>\d{1,4})\s*(?P<unit>[hdw])", re.ASCII | re.IGNORECASE)
_HOURS = re.compile(r"(\d{1,2}):(\d{2})\s*[-\N{EN DASH}]\s*(\d{1,2}):(\d{2})", re.ASCII)
_UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
_LONGEST = timedelta(days=3660)


def read_until(text: str, *, now: datetime, zone: str) -> datetime | None:
    """Return the end that "12h", "7d", "4w", or a date with or without a time, means; None where it is no future one.

    A date alone is over at its midnight, by the clock of `zone`.
    """
    text = text.strip()
    if match := _SPAN.fullmatch(text):
        until = now + int(match["count"]) * _UNITS[match["unit"].lower()]
    else:
        try:
            moment = datetime.fromisoformat(text)
            if re.fullmatch(r"[\d-]+", text):
                moment = datetime.combine(moment + timedelta(days=1), time())
            until = (moment if moment.tzinfo else moment.replace(tzinfo=zone_of(zone))).astimezone(UTC)
        except (OverflowError, ValueError):
            return None
    return until if now < until <= now + _LONGEST else None


def read_hours(text: str, *, zone: str) -> Hours | None:
    """Return the part of the day that "08:00-18:00" means, or None where it means none."""
    match = _HOURS.fullmatch(text.strip())
    if match is None:
        return None
    hour, minute, last_hour, last_minute = map(int, match.groups())
    begin, end = hour * 60 + minute, last_hour * 60 + last_minute
    if max(minute, last_minute) > 59 or begin >= 24 * 60 or end > 24 * 60 or begin == end:
        return None
    return Hours(begin, end % (24 * 60), zone)
