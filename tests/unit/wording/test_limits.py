"""Every card, drawn from the longest and most of everything, is one that Discord takes.

The examples are made from the types that a card's function names, so that a new one is tried without a word here.
"""

import contextlib
import importlib
import inspect
import pkgutil
import types
import typing
from collections import abc
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import Enum
from itertools import count, islice, product
from pathlib import Path
from typing import Any

import pytest

import bot.wording
from bot.blink import BlinkError, NotUnderstood, RateLimited, Refused, SignedOut, Unreachable
from bot.models import (
    CameraKey,
    CameraKind,
    CommandStatus,
    End,
    Job,
    Kind,
    LiveView,
    Owner,
    Stage,
    StorageUnavailable,
)
from bot.wording import Card
from bot.wording.cards import Button, Menu, Tone
from tests.support.jobs import NOW, TARGET, a_job
from tests.support.reading import Wire, drawn, rows_of, sent, text_of, walked

MANY = 25
ON_A_PAGE = 5
LONGEST = "Ωж漢*_[<🎞️" * 100
ERRORS = (
    SignedOut(LONGEST, final=True),
    SignedOut(LONGEST, final=False),
    RateLimited(10**9),
    Unreachable(LONGEST, status=503),
    Refused(400, code=10**9, message=LONGEST),
    NotUnderstood(LONGEST),
)
NUMBERS = {"page": 9998, "number": 9998, "pages": 9999, "place": 99, "unknown": 99, "network_id": 9_999_999_999}
SPELT = {
    "url": f"https://blink.example.com/link/{'x' * 60}",
    "filename": "everything.json",
    "time_zone": "America/Argentina/ComodRivadavia",
    "command": "grant list",
    "scope": "doorbell.9999999999.9999999999",
}
BUTTON, TEXT, THUMBNAIL = 2, 10, 11
Drawn = Card | tuple[Card, ...]

_numbers = count()


class EveryKey(dict[Any, Any]):
    """A mapping in which every key has the same value."""

    def __init__(self, value: Any) -> None:
        super().__init__()
        self._value = value

    def get(self, key: Any, default: Any = None) -> Any:
        return self._value

    def __missing__(self, key: Any) -> Any:
        return self._value


def functions() -> Iterator[Any]:
    """Yield every function of the wording that makes a card."""
    for found in pkgutil.iter_modules(bot.wording.__path__):
        module = importlib.import_module(f"bot.wording.{found.name}")
        for name, made in inspect.getmembers(module, inspect.isfunction):
            if made.__module__ == module.__name__ and not name.startswith("_") and _makes_cards(made):
                yield pytest.param(made, id=f"{found.name}.{name}")


def _makes_cards(made: Callable[..., Any]) -> bool:
    hints = typing.get_type_hints(made)
    return hints.pop("return", None) in (Card, tuple[Card, ...]) and Card not in hints.values()


@pytest.mark.parametrize("made", [*functions()])
def test_discord_takes_every_card_whatever_the_names_are(made: Callable[..., Drawn]) -> None:
    tried = 0
    for result in drawings(made):
        cards = result if isinstance(result, tuple) else (result,)
        check(drawn(*cards, text="1 camera · page 1 of 9" if len(cards) > 1 else None))
        for card in cards:
            if card.title or card.text:  # else only its buttons are used
                check_message(sent(card))
        tried += 1
    assert tried


def constants() -> Iterator[Any]:
    """Yield every card that never varies."""
    for found in pkgutil.iter_modules(bot.wording.__path__):
        for name, card in vars(importlib.import_module(f"bot.wording.{found.name}")).items():
            if isinstance(card, Card):
                yield pytest.param(card, id=f"{found.name}.{name}")


@pytest.mark.parametrize("card", [*constants()])
def test_discord_takes_every_card_that_never_varies(card: Card) -> None:
    check(drawn(card))
    check_message(sent(card))


def test_a_card_of_everything_at_once_loses_no_button() -> None:
    buttons = tuple(Button(LONGEST, f"button:{number}") for number in range(15))
    options = tuple((str(number), LONGEST, LONGEST) for number in range(30))
    menus = tuple(Menu(LONGEST, f"menu:{number}", options) for number in range(4))
    many = tuple((LONGEST, LONGEST) for _ in range(25))
    files = tuple(f"{number}.jpg" for number in range(12))
    card = Card(LONGEST, LONGEST * 9, Tone.GOOD, LONGEST * 9, many, buttons, menus, "beside.jpg", files, "data.json")
    shown = drawn(card)
    check(shown)
    assert sum(map(len, rows_of(shown))) == len(buttons) + len(menus)
    assert "\n-# " in text_of(shown)
    check_message(sent(card))


def drawings(made: Callable[..., Drawn]) -> Iterator[Drawn]:
    """Yield what a function makes of each combination of what it can be given."""
    hints = typing.get_type_hints(made)
    named = {name: [*examples(hints[name], name)] for name in hints if name != "return"}
    most = ON_A_PAGE if made.__name__ == "page" else MANY
    for values in islice(product(*named.values()), 3000):
        given = {
            name: value[:most] if isinstance(value, tuple) else value for name, value in zip(named, values, strict=True)
        }
        job = given.get("job")
        if not isinstance(job, Job) or made.__name__ == "card" or (job.end is None) is (made.__name__ == "paused"):
            with contextlib.suppress(AssertionError):  # by which a function says that there is no such case
                yield made(**given)


def examples(hint: Any, name: str) -> Iterator[Any]:
    """Yield the largest values of a type, and each of which the drawing may look different."""
    origin, inner = typing.get_origin(hint), typing.get_args(hint)
    if hint is Job:
        yield from jobs()
    elif origin in (typing.Union, types.UnionType):
        for one in inner:
            yield from examples(one, name)
    elif hint is type(None):
        yield None
    elif hint is bool:
        yield from (True, False)
    elif inspect.isclass(hint) and issubclass(hint, Enum):
        yield from hint
    elif origin is not None and inspect.isclass(origin) and issubclass(origin, abc.Mapping):
        yield EveryKey(largest(inner[1], name))
        yield {}
    elif origin is tuple and inner[-1] is not Ellipsis:
        yield tuple(largest(one, name) for one in inner)
    elif origin in (frozenset, abc.Set):
        yield frozenset(examples(inner[0], name))
    elif origin is not None and inspect.isclass(origin) and issubclass(origin, abc.Collection):
        yield tuple(largest(inner[0], name) for _ in range(MANY))
        different = [*islice(examples(inner[0], name), MANY)]
        yield (*different, *(largest(inner[0], name) for _ in range(MANY - len(different))))
    elif hint is StorageUnavailable:
        yield StorageUnavailable("away")
    elif hint is BlinkError:
        yield from ERRORS
    elif is_dataclass(hint) and isinstance(hint, type):
        yield from made_of(hint)
    else:
        yield plainest(hint, name)


def largest(hint: Any, name: str) -> Any:
    """Return the first example of a type."""
    return next(examples(hint, name))


def made_of(kind: type[Any]) -> Iterator[Any]:
    """Yield the largest value of a dataclass, and it with each other value of one field."""
    if kind is CameraKey:
        yield CameraKey(CameraKind.DOORBELL, 9_999_999_999, 9_999_000_000 + next(_numbers))
        return
    hints = typing.get_type_hints(kind)
    names = [one.name for one in fields(kind) if one.init]

    def largest_of(**given: Any) -> Any:
        return kind(**{name: given[name] if name in given else largest(hints[name], name) for name in names})

    yield largest_of()
    for name in names:
        for other in islice(examples(hints[name], name), 1, MANY):
            yield largest_of(**{name: other})


def plainest(hint: Any, name: str) -> Any:
    """Return a value of a type that has no parts."""
    if hint is str:
        if name in SPELT:
            return SPELT[name]
        if name == "choice":
            return f"of.{10**19}.doorbell.9999999999.{9_999_000_000 + next(_numbers)}"
        number = next(_numbers)
        return f"{number:016x}" if name.endswith(("id", "reference")) else f"{number}{LONGEST}"
    if hint in (int, float):
        return NUMBERS.get(name, 10**18)
    known: Mapping[Any, Any] = {
        datetime: NOW + timedelta(minutes=next(_numbers)),
        date: NOW.date(),
        time: NOW.time(),
        timedelta: timedelta(days=9),
        Path: Path("x"),
        bytes: b"",
    }
    if inspect.isclass(hint) and hint not in known and not inspect.signature(hint).parameters:
        return hint()
    return known.get(hint)


def jobs() -> Iterator[Job]:
    """Yield a job for each stage and each end, with the longest names that Blink or a person gives."""
    target = replace(TARGET, name=LONGEST, network=LONGEST, usb=LONGEST, battery="low")
    said = CommandStatus(condition=LONGEST, stage=LONGEST, message=LONGEST, code=10**9, http_status=500)
    common: dict[str, Any] = {
        "asked": LONGEST,
        "target": target,
        "status": said,
        "options": tuple((f"doorbell.9999999999.{number}", f"{number} {LONGEST}") for number in range(MANY)),
        "owner": Owner(10**19, LONGEST, "0" * 16),
        "size": 2**40,
        "shrunk_from": 2**41,
        "seconds": 59.0,
    }
    live = LiveView(60, End.NO_PLAN)
    yield a_job(stage=Stage.LIVE, live=live, **common)
    for kind in Kind:
        running = [stage for stage in Stage if stage not in (Stage.ENDED, Stage.LIVE)]
        yield from (a_job(stage=stage, kind=kind, **common) for stage in running)
        yield from (
            a_job(stage=Stage.ENDED, end=end, kind=kind, pictured=pictured, **common)
            for end in End
            for pictured in (True, False)
        )
    yield a_job(stage=Stage.ENDED, end=End.DELIVERED, live=live, dms_closed=True, **common)


def check(message: Wire) -> None:
    """See that a reply keeps Discord's limits: https://docs.discord.com/developers/components/reference."""
    found = [*walked(message["components"])]
    assert 0 < len(found) <= 40, len(found)
    assert sum(len(one["content"]) for one in found if one["type"] == TEXT) <= 4000
    for one in found:
        match one["type"]:
            case 10:
                assert one["content"].strip()
            case 9:
                assert 1 <= len(one["components"]) <= 3
                assert one["accessory"]["type"] == THUMBNAIL
            case 11:
                assert_media(one)
            case 12:
                assert 1 <= len(one["items"]) <= 10
                for item in one["items"]:
                    assert_media(item)
            case 13:
                assert one["file"]["url"].startswith("attachment://")
            case _:
                pass
    check_rows(message)


def check_message(message: Wire) -> None:
    """See that a direct message or an alert keeps Discord's limits."""
    assert 0 < len(message["content"].strip()) <= 2000
    assert len(rows_of(message)) == len(message["components"]) <= 5
    check_rows(message)


def check_rows(message: Wire) -> None:
    custom_ids = [one["custom_id"] for row in rows_of(message) for one in row if "custom_id" in one]
    assert len(custom_ids) == len(set(custom_ids))
    assert all(0 < len(custom_id) <= 100 for custom_id in custom_ids)
    for row in rows_of(message):
        if row[0]["type"] == BUTTON:
            assert len(row) <= 5
            assert all(0 < len(one["label"]) <= 80 for one in row)
            assert all(len(one.get("url") or "") <= 512 for one in row)
        else:
            [menu] = row
            assert len(menu.get("placeholder") or "") <= 150
            values = [option["value"] for option in menu["options"]]
            assert 0 < len(values) == len(set(values)) <= 25
            for option in menu["options"]:
                assert 0 < len(option["label"]) <= 100
                assert len(option["value"]) <= 100
                assert len(option.get("description") or "") <= 100


def assert_media(item: Wire) -> None:
    assert item["media"]["url"].startswith("attachment://")
    assert 0 < len(item["description"]) <= 1024
