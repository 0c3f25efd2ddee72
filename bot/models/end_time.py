"""The end of something, as people write it: "tomorrow", "Sunday 6pm", "1 week", "31 January"."""

import re
from calendar import day_name, month_name, monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from .daily_hours import DAY, TIME, minute_of, zone_of

_LONGEST = timedelta(days=3660)
_MOST_LETTERS = 60
_LEADING = re.compile(r"(?:(?:until|till?|up to|for|in|by|on|this|the|end of)\s+)*", re.ASCII)
_NUMBERS = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3}
_SPAN = re.compile(
    r"(?P<count>\d{1,4}|an?|one|two|three)\s*"
    r"(?P<unit>min(?:ute)?s?|h(?:(?:ou)?rs?)?|d(?:ays?)?|w(?:(?:ee)?ks?)?|months?)",
    re.ASCII,
)
_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
_AT = re.compile(rf"(?P<day>.*?)(?:^|[\s,]+)(?:at\s+)?(?P<time>{TIME})", re.ASCII)
_DAYS = {"": 0, "today": 0, "tonight": 0, "tomorrow": 1, "tomorrow night": 1, "day after tomorrow": 2}
_WEEKDAYS = tuple(name.casefold() for name in day_name)
_MONTHS = tuple(name.casefold() for name in month_name)
_SHORTEST_NAME = 3
_DATED = re.compile(r"(?P<weekday>[a-z]{3,9})[\s,]+(?P<rest>.*[a-z0-9].*)", re.ASCII)
_DATES = tuple(
    re.compile(pattern, re.ASCII)
    for pattern in (
        r"(?P<day>\d{1,2})(?:st|nd|rd|th)?(?: of)? (?P<month>[a-z]{3,9})\.?(?:,? (?P<year>\d{4}))?",
        r"(?P<month>[a-z]{3,9})\.? (?P<day>\d{1,2})(?:st|nd|rd|th)?(?:,? (?P<year>\d{4}))?",
        r"(?P<day>\d{1,2})\. ?(?P<month>\d{1,2})\.(?: ?(?P<year>\d{4}))?",
    )
)
_SLASHED = re.compile(r"(?P<first>\d{1,2})/(?P<second>\d{1,2})(?:/(?P<year>\d{4}))?", re.ASCII)
_BEGUN = re.compile(r"\d{1,3}", re.ASCII)
_USUAL = ("tonight", "tomorrow", "1 week")


@dataclass(frozen=True, slots=True)
class Ending:
    """An end to choose: the words for it ("" if its date says all), and when it is."""

    said: str
    at: datetime

    @property
    def value(self) -> str:
        """The same end as `read_until` reads it, in any time zone."""
        return f"{self.at.astimezone(UTC):%Y-%m-%dT%H:%MZ}"


def read_until(text: str, *, now: datetime, zone: str) -> datetime | None:
    """Return the end that a span, a day, a date or a time of day means by the clock of `zone`.

    A day alone ends at the midnight after it. Returns None if the text is unclear, or no end in the next ten years.
    """
    asked = " ".join(text.casefold().split())
    if len(asked) > _MOST_LETTERS:
        return None
    try:
        until = _read(_LEADING.sub("", asked, count=1), now.astimezone(zone_of(zone)))
    except (OverflowError, ValueError):
        return None
    return until.astimezone(UTC) if until and now < until <= now + _LONGEST else None


def usual_ends(*, now: datetime, zone: str) -> list[Ending]:
    """Return the ends that people choose most, each moment once."""
    return _distinct(_endings((*_USUAL, "Sunday"), now=now, zone=zone))


def possible_ends(typed: str, *, now: datetime, zone: str) -> list[Ending]:
    """Return the ends that somebody may mean who has typed this much, the likeliest first."""
    asked = " ".join(typed.casefold().split())[:_MOST_LETTERS]
    asked = _LEADING.sub("", f"{asked} ", count=1).strip()
    if not asked:
        return usual_ends(now=now, zone=zone)
    meant = [Ending("", at)] if (at := read_until(asked, now=now, zone=zone)) else []
    words = [*_USUAL, *(name.capitalize() for name in _WEEKDAYS), "1 month"]
    begun = [word for word in words if word.casefold().startswith(asked)]
    if _BEGUN.fullmatch(asked):
        begun = [f"{asked} {unit}" for unit in ("hours", "days", "weeks")]
    others = _endings(begun, now=now, zone=zone)
    return _distinct([*others, *meant, *_either(asked, now=now, zone=zone)])


def _either(asked: str, *, now: datetime, zone: str) -> list[Ending]:
    """Return both readings of "next Sunday" and of "1/2", which are unclear by themselves."""
    if slashed := _SLASHED.fullmatch(asked):
        year = f" {slashed['year']}" if slashed["year"] else ""
        orders = ((slashed["first"], slashed["second"]), (slashed["second"], slashed["first"]))
        texts = [f"{day}.{month}.{year}" for day, month in orders]
        found = [read_until(text, now=now, zone=zone) for text in texts]
    elif asked.startswith("next ") and (first := read_until(asked.removeprefix("next "), now=now, zone=zone)):
        found = [first, first.astimezone(zone_of(zone)) + timedelta(weeks=1)]
    else:
        return []
    return [Ending("", at.astimezone(UTC)) for at in found if at]


def _endings(texts: Iterable[str], *, now: datetime, zone: str) -> list[Ending]:
    read = [(text, read_until(text, now=now, zone=zone)) for text in texts]
    return [Ending("" if text.casefold() in _WEEKDAYS else text, at) for text, at in read if at]


def _distinct(endings: list[Ending]) -> list[Ending]:
    found: dict[str, Ending] = {}
    for ending in endings:
        found.setdefault(ending.value, ending)
    return list(found.values())


def _read(asked: str, now: datetime) -> datetime | None:
    """Return the end by the clock of `now`; None if the text is unclear. May raise OverflowError and ValueError."""
    if span := _SPAN.fullmatch(asked):
        count = _NUMBERS.get(span["count"]) or int(span["count"])
        if span["unit"].startswith("mo"):
            return _months_later(now, count)
        return now.astimezone(UTC) + count * _UNITS[span["unit"][0]]
    if (exact := _iso(asked, now)) is not None:
        return exact
    timed = _AT.fullmatch(asked)
    minute = minute_of(timed["time"], end=True) if timed else DAY
    if minute is None:
        return None
    named = timed["day"].rstrip(" ,") if timed else asked
    day = _day(named, now) if asked else None
    if day is None:
        return None
    end = _at(day, minute, now.tzinfo)
    return end if named or end > now else _at(day + timedelta(days=1), minute, now.tzinfo)


def _iso(asked: str, now: datetime) -> datetime | None:
    try:
        moment = datetime.fromisoformat(asked.upper())
    except ValueError:
        return None
    if re.fullmatch(r"[\dw-]+", asked, re.ASCII):
        return _at(moment.date(), DAY, now.tzinfo)
    return moment if moment.tzinfo else moment.replace(tzinfo=now.tzinfo)


def _day(named: str, now: datetime) -> date | None:
    """Return the next day of this name, which can be today."""
    today = now.date()
    if named in _DAYS:
        return today + timedelta(days=_DAYS[named])
    if named == "weekend":
        named = "sunday"
    if (weekday := _numbered(named, _WEEKDAYS)) is not None:
        return today + timedelta(days=(weekday - today.weekday()) % 7)
    if dated := _DATED.fullmatch(named):
        weekday, found = _numbered(dated["weekday"], _WEEKDAYS), _date(dated["rest"], today)
        if weekday is not None:
            return found if found and found.weekday() == weekday else None
    return _date(named, today)


def _date(named: str, today: date) -> date | None:
    if slashed := _SLASHED.fullmatch(named):
        first, second = int(slashed["first"]), int(slashed["second"])
        if first != second and max(first, second) <= 12:
            return None  # 1/2 is in January or in February
        return _in_year(max(first, second), min(first, second), slashed["year"], today)
    for pattern in _DATES:
        if match := pattern.fullmatch(named):
            month = int(match["month"]) if match["month"].isdecimal() else _numbered(match["month"], _MONTHS)
            return _in_year(int(match["day"]), month, match["year"], today) if month else None
    return None


def _in_year(day: int, month: int, year: str | None, today: date) -> date:
    """Return a date of this year, or of the next if it is past and no year is given. Raises ValueError."""
    found = date(int(year) if year else today.year, month, day)
    return found if year or found >= today else date(today.year + 1, month, day)


def _numbered(word: str, names: tuple[str, ...]) -> int | None:
    """Return the place of the name that begins with `word`; a word of fewer than three letters names none."""
    word = {"tues": "tue", "thurs": "thu", "sept": "sep"}.get(word, word)
    if len(word) < _SHORTEST_NAME:
        return None
    return next((number for number, name in enumerate(names) if name.startswith(word)), None)


def _months_later(now: datetime, count: int) -> datetime:
    year, month = divmod(now.year * 12 + now.month - 1 + count, 12)
    return now.replace(year=year, month=month + 1, day=min(now.day, monthrange(year, month + 1)[1]))


def _at(day: date, minute: int, zone: tzinfo | None) -> datetime:
    """Return a minute of a day by a zone's clock; that of a whole day is the midnight after it."""
    return datetime.combine(day + timedelta(days=minute // DAY), time(minute % DAY // 60, minute % 60), zone)
