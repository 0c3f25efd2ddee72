"""Ends and hours as people type them: what is clear is read, what is unclear is not, and nothing raises."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.models import Hours, possible_ends, possible_hours, read_hours, read_until, usual_ends

BERLIN = "Europe/Berlin"
NOW = datetime(2026, 11, 28, 19, 15, tzinfo=UTC)  # Saturday, 20:15 in Berlin
WORDS = st.sampled_from(
    [
        "next",
        "until",
        "tonight",
        "sunday",
        "sun",
        "31",
        "jan",
        "1/2",
        "2.1.",
        "6pm",
        "25:00",
        "week",
        "12",
        "a",
        "m",
        "-",
    ]
)
TYPED = st.text(max_size=80) | st.lists(WORDS, max_size=6).map(" ".join) | st.lists(WORDS, max_size=6).map("".join)


def berlin(day: int, hour: int = 0, minute: int = 0, *, month: int = 11, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=UTC) - timedelta(hours=1)


@pytest.mark.parametrize(
    ("text", "until"),
    [
        ("12h", NOW + timedelta(hours=12)),
        (" 7 D ", NOW + timedelta(days=7)),
        ("4w", NOW + timedelta(weeks=4)),
        ("90 min", NOW + timedelta(minutes=90)),
        ("an hour", NOW + timedelta(hours=1)),
        ("1 week", NOW + timedelta(weeks=1)),
        ("for two weeks", NOW + timedelta(weeks=2)),
        ("3 months", berlin(28, 20, 15, month=2, year=2027)),
        ("tonight", berlin(29)),
        ("today", berlin(29)),
        ("Tomorrow", berlin(30)),
        ("until  Sunday", berlin(30)),
        ("sun", berlin(30)),
        ("Saturday", berlin(29)),
        ("Friday", berlin(5, month=12)),
        ("the weekend", berlin(30)),
        ("day after tomorrow", berlin(1, month=12)),
        ("6pm", berlin(29, 18)),
        ("10 p.m.", berlin(28, 22)),
        ("22:00", berlin(28, 22)),
        ("tonight 10pm", berlin(28, 22)),
        ("tomorrow at noon", berlin(29, 12)),
        ("Sunday, 18:30", berlin(29, 18, 30)),
        ("sunday midnight", berlin(30)),
        ("midnight", berlin(29)),
        ("31 January", berlin(1, month=2, year=2027)),
        ("Jan 31st", berlin(1, month=2, year=2027)),
        ("31 dec 2027", berlin(1, month=1, year=2028)),
        ("31.1.", berlin(1, month=2, year=2027)),
        ("12/31", berlin(1, month=1, year=2027)),
        ("31/12", berlin(1, month=1, year=2027)),
        ("Sunday 29 November", berlin(30)),
        ("2026-11-28", berlin(29)),
        ("2027-01-31", berlin(1, month=2, year=2027)),
        ("2026-11-29T14:00", berlin(29, 14)),
        ("2026-11-29 14:00", berlin(29, 14)),
        ("2026-11-29T14:00Z", datetime(2026, 11, 29, 14, tzinfo=UTC)),
    ],
)
def test_an_end_is_read_as_people_write_it(text: str, until: datetime) -> None:
    assert read_until(text, now=NOW, zone=BERLIN) == until


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-28T12:00",
        "2026-11-27",
        "tonight 6pm",
        "0d",
        "9999w",
        "9999-12-31",
        "0001-01-01T00:00+23:59",
        "\u0664d",
        "-1d",
        "",
        "now",
        "18",
        "13pm",
        "1/2",
        "next Sunday",
        "Monday 29 November",
        "30 February",
        "31.2.",
        "March",
        "25:00",
        "x" * 6000,
    ],
)
def test_what_is_unclear_or_past_or_far_away_is_no_end(text: str) -> None:
    assert read_until(text, now=NOW, zone=BERLIN) is None


def test_hours_are_counted_across_a_change_of_clocks() -> None:
    before = datetime(2026, 10, 24, 22, tzinfo=UTC)
    assert read_until("12h", now=before, zone=BERLIN) == before + timedelta(hours=12)
    assert read_until("tonight", now=before, zone=BERLIN) == datetime(2026, 10, 25, 23, tzinfo=UTC), "a day of 25 hours"


def test_the_usual_ends_are_offered_once_each() -> None:
    said = [one.said for one in usual_ends(now=NOW, zone=BERLIN)]
    assert said == ["tonight", "tomorrow", "1 week"], "tomorrow is Sunday"
    monday = NOW - timedelta(days=5)
    assert [one.said for one in usual_ends(now=monday, zone=BERLIN)] == ["tonight", "tomorrow", "1 week", ""]


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("t", ["tonight", "tomorrow", "", ""]),
        ("until tom", ["tomorrow"]),
        ("3", ["3 hours", "3 days", "3 weeks"]),
        ("5 dec", [""]),
        ("nonsense", []),
    ],
)
def test_the_ends_that_may_be_meant_are_offered_while_somebody_types(typed: str, offered: list[str]) -> None:
    assert [one.said for one in possible_ends(typed, now=NOW, zone=BERLIN)] == offered


@pytest.mark.parametrize(
    ("typed", "ends"),
    [
        ("next sunday", [berlin(30), berlin(7, month=12)]),
        ("1/2", [berlin(2, month=2, year=2027), berlin(3, month=1, year=2027)]),
    ],
)
def test_both_readings_of_what_is_unclear_are_offered(typed: str, ends: list[datetime]) -> None:
    assert [one.at for one in possible_ends(typed, now=NOW, zone=BERLIN)] == ends


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("08:00-18:00", (480, 1080)),
        (" 8:00 - 18:30 ", (480, 1110)),
        ("22:00\u201306:00", (1320, 360)),
        ("18:00-24:00", (1080, 0)),
        ("8-18", (480, 1080)),
        ("22-7", (1320, 420)),
        ("10pm-7am", (1320, 420)),
        ("from 10 pm to 7 am", (1320, 420)),
        ("9.30 a.m. until 5 p.m.", (570, 1020)),
        ("between 8 and 18", (480, 1080)),
        ("22-7am", (1320, 420)),
        ("noon-6pm", (720, 1080)),
        ("6pm-midnight", (1080, 0)),
        ("00:00-00:00", None),
        ("24:00-06:00", None),
        ("08:60-09:00", None),
        ("08:00-25:00", None),
        ("13pm-2am", None),
        ("8-6", None),
        ("10-11pm", None),
        ("always", None),
        ("8", None),
        ("", None),
    ],
)
def test_hours_are_read_if_they_are_clear(text: str, hours: tuple[int, int] | None) -> None:
    assert read_hours(text, zone="UTC") == (Hours(*hours, "UTC") if hours else None)


def test_the_readings_of_unclear_hours_are_offered() -> None:
    found = [(one.begin, one.end) for one in possible_hours("10-11pm", zone="UTC")]
    assert found == [(600, 1380), (1320, 1380)]
    assert len(possible_hours("", zone="UTC")) == 4
    assert possible_hours("at night", zone="UTC") == []


@given(typed=TYPED, zone=st.sampled_from([BERLIN, "America/New_York", "UTC", "No/Where"]))
def test_nothing_that_is_typed_raises_and_what_is_offered_is_read_the_same(typed: str, zone: str) -> None:
    until = read_until(typed, now=NOW, zone=zone)
    assert until is None or until > NOW
    for one in possible_ends(typed, now=NOW, zone=zone):
        minute = one.at.replace(second=0, microsecond=0)
        assert read_until(one.value, now=NOW, zone="Asia/Tokyo") in (minute, None)
    read_hours(typed, zone=zone)
    possible_hours(typed, zone=zone)
