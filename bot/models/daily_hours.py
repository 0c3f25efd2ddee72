"""A part of each day, by the clock of the place where a network is."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

DAY = 24 * 60
TIME = r"noon|midnight|\d{1,2}(?:[:.]\d{2})?\s*[ap]\.?m\.?|\d{1,2}[:.]\d{2}"
"""A time of day that is clear by itself, in lower case."""

_NAMED = {"noon": (DAY // 2, DAY // 2), "midnight": (0, DAY)}
_CLOCK = re.compile(r"(?P<hour>\d{1,2})(?:[:.](?P<minute>\d{2}))?\s*(?:(?P<half>[ap])\.?m\.?)?", re.ASCII)
_HOURS = re.compile(
    rf"(?:from |between )?(?P<begin>{TIME}|\d{{1,2}})\s*(?:-|to|until|till|and)\s*"
    rf"(?P<end>{TIME}|\d{{1,2}})",
    re.ASCII,
)
_DASHES = str.maketrans("\N{EN DASH}\N{EM DASH}", "--")
_USUAL = ("8:00-18:00", "7:00-22:00", "18:00-23:00", "22:00-7:00")
_BARE = re.compile(r"\d{1,2}", re.ASCII)


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
        return begun + timedelta(minutes=(self.end - self._minute(moment)) % DAY)

    def _minute(self, moment: datetime) -> int:
        local = moment.astimezone(zone_of(self.zone))
        return local.hour * 60 + local.minute


def read_hours(text: str, *, zone: str) -> Hours | None:
    """Read a part of the day such as "10pm-7am", "22:00-07:00" or "8-18". Returns None if the text is unclear."""
    match = _HOURS.fullmatch(_as_typed(text))
    if match is None or not _is_clear(match["begin"], match["end"]):
        return None
    begin, end = minute_of(match["begin"], end=False), minute_of(match["end"], end=True)
    if begin is None or end is None or begin >= DAY or begin == end:
        return None
    return Hours(begin, end % DAY, zone)


def possible_hours(typed: str, *, zone: str) -> list[Hours]:
    """Return the parts of the day that somebody may mean who has typed this much, the likeliest first."""
    asked = _as_typed(typed)
    if read := read_hours(asked, zone=zone):
        return [read]
    if (match := _HOURS.fullmatch(asked)) is None:
        usual = (read_hours(hours, zone=zone) for hours in _USUAL if hours.startswith(asked))
        return [hours for hours in usual if hours]
    halves = ("am", "pm")
    texts = [f"{_halved(match['begin'], first)}-{_halved(match['end'], last)}" for first in halves for last in halves]
    return list(dict.fromkeys(hours for text in texts if (hours := read_hours(text, zone=zone))))


def minute_of(text: str, *, end: bool) -> int | None:
    """Return the minute of the day that a time means; midnight is the day's beginning, or its `end`."""
    if text in _NAMED:
        return _NAMED[text][end]
    match = _CLOCK.fullmatch(text)
    if match is None:
        return None
    hour, minute = int(match["hour"]), int(match["minute"] or 0)
    if match["half"]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if match["half"] == "p" else 0)
    found = hour * 60 + minute
    return found if minute < 60 and found <= DAY else None


def _as_typed(text: str) -> str:
    return " ".join(text.casefold().translate(_DASHES).split())


def _is_clear(begin: str, end: str) -> bool:
    """Say whether two times of a range cannot mean others: "10-11pm" can, and "8-6" as well."""
    halved = [_is_halved(one) for one in (begin, end)]
    if any(halved):
        return all(known or _says_hour(one) for one, known in zip((begin, end), halved, strict=True))
    if _BARE.fullmatch(begin) and _BARE.fullmatch(end):
        return int(begin) < int(end) or int(begin) > 12 or int(end) == 0
    return True


def _is_halved(text: str) -> bool:
    return text in _NAMED or text.rstrip(".").endswith("m")


def _says_hour(text: str) -> bool:
    """Say whether a time can only be by a clock of 24 hours."""
    hour = int(re.split(r"[:.]", text)[0])
    return hour == 0 or hour > 12


def _halved(text: str, half: str) -> str:
    return text if _is_halved(text) or _says_hour(text) else f"{text}{half}"


def zone_of(name: str) -> tzinfo:
    """Return the time zone that Blink calls `name`. Returns UTC if there is none, or this machine knows none."""
    try:
        return ZoneInfo(name)
    except (OSError, ValueError, ZoneInfoNotFoundError):
        return UTC
