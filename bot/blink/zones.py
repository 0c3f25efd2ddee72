"""The time zone of a network, by the name that Blink has for it."""

from datetime import UTC, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


def zone_of(name: str) -> tzinfo:
    """Return the time zone, or UTC where nobody knows it."""
    try:
        return ZoneInfo(name)
    except (OSError, ValueError, ZoneInfoNotFoundError):  # no such zone, or a machine that knows none
        return UTC
