"""A part of each day, by the clock of the place where a network is."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_HOURS = re.compile(r"(\d{1,2}):(\d{2})\s*[-\N{EN DASH}]\s*(\d{1,2}):(\d{2})", re.ASCII)
_DAY = 24 * 60


@dataclass(frozen=True, slots=True)
class Hours:
    """A part of each day, in minutes after midnight by the camera's clock; it may reach over midnight."""

    begin: int
    end: int
    zone: str

    def include(self, moment: datetime) -> bool:
        """Return whether a moment lies in it; the end itself does not."""
        minute = self._minute(moment)
        if self.begin < self.end:
            return self.begin <= minute < self.end
        return minute >= self.begin or minute < self.end

    def over_at(self, moment: datetime) -> datetime:
        """Return when the part of the day around `moment` ends; a change of clocks can shift that."""
        begun = moment.replace(second=0, microsecond=0)
        return begun + timedelta(minutes=(self.end - self._minute(moment)) % _DAY)

    def _minute(self, moment: datetime) -> int:
        local = moment.astimezone(zone_of(self.zone))
        return local.hour * 60 + local.minute


def read_hours(text: str, *, zone: str) -> Hours | None:
    """Read a part of the day such as "08:00-18:00". Returns None if the text is none."""
    match = _HOURS.fullmatch(text.strip())
    if match is None:
        return None
    hour, minute, last_hour, last_minute = map(int, match.groups())
    begin, end = hour * 60 + minute, last_hour * 60 + last_minute
    if max(minute, last_minute) > 59 or begin >= _DAY or end > _DAY or begin == end:
        return None
    return Hours(begin, end % _DAY, zone)


def zone_of(name: str) -> tzinfo:
    """Return the time zone that Blink calls `name`. Returns UTC if there is none, or this machine knows none."""
    try:
        return ZoneInfo(name)
    except (OSError, ValueError, ZoneInfoNotFoundError):
        return UTC
