"""Reads the end of a grant, as people type it."""

import re
from datetime import UTC, datetime, time, timedelta

from bot.models import zone_of

_SPAN = re.compile(r"(?P<count>\d{1,4})\s*(?P<unit>[hdw])", re.ASCII | re.IGNORECASE)
_UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
_LONGEST = timedelta(days=3660)


def read_until(text: str, *, now: datetime, zone: str) -> datetime | None:
    """Return the end that "12h", "7d", "4w", or a date with or without a time, means; None if that is no future one.

    A date alone ends at the midnight after it, by the clock of `zone`.
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
