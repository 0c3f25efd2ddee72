"""A part of each day, by the clock of the place where a network is."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from .zones import zone_of

_HOURS = re.compile(r"(\d{1,2}):(\d{2})\s*[-\N{EN DASH}]\s*(\d{1,2}):(\d{2})", re.ASCII)
_DAY = 24 * 60


@dataclass(frozen=True, slots=True)
class Hours:
    """A part of each day, in minutes after midnight where the camera is; over midnight where it ends no later."""

    begin: int
    end: int
    zone: str

    def include(self, moment: datetime) -> bool:
        """Say whether a moment lies in it; the end itself does not."""
        minute = self._minute(moment)
        if self.begin < self.end:
            return self.begin <= minute < self.end
        return minute >= self.begin or minute < self.end

    def over_at(self, moment: datetime) -> datetime:
        """Return when the part of the day that a moment lies in is over, give or take a change of clocks."""
        begun = moment.replace(second=0, microsecond=0)
        return begun + timedelta(minutes=(self.end - self._minute(moment)) % _DAY)

    def _minute(self, moment: datetime) -> int:
        local = moment.astimezone(zone_of(self.zone))
        return local.hour * 60 + local.minute


def read_hours(text: str, *, zone: str) -> Hours | None:
    """Return the part of the day that "08:00-18:00" means, or None where it means none."""
    match = _HOURS.fullmatch(text.strip())
    if match is None:
        return None
    hour, minute, last_hour, last_minute = map(int, match.groups())
    begin, end = hour * 60 + minute, last_hour * 60 + last_minute
    if max(minute, last_minute) > 59 or begin >= _DAY or end > _DAY or begin == end:
        return None
    return Hours(begin, end % _DAY, zone)
