"""The names that are offered while somebody types: last used first, offline last, and in time whatever is away."""

import asyncio
from collections.abc import Awaitable, Sequence
from typing import Any

from bot.models import StorageUnavailable
from bot.ui.autocomplete import Offered, among
from bot.ui.camera_cache import LastUsed

ALICE = 1
STREET = [
    Offered(("Back Door · Home",), "camera.1.1"),
    Offered(("Front Door · Home",), "camera.1.2", online=False),
    Offered(("Garage · Home",), "camera.1.3"),
    Offered(("Tür · Cabin",), "camera.2.4", online=False),
    Offered(("Shed (bob's)", "Shed · Garden (bob's)"), "of.2.camera.3.5"),
]


class Jobs:
    """What people used last, from a database that can fail or hang."""

    def __init__(self, *used: str) -> None:
        self.used: Sequence[str] = used
        self.away = self.hangs = False
        self.reads = 0

    async def read(self, _: int) -> Sequence[str]:
        self.reads += 1
        if self.away:
            raise StorageUnavailable("away")
        if self.hangs:
            await asyncio.Event().wait()
        return self.used


def _left(_: Awaitable[Any]) -> None:
    """Keep nothing: the single flight holds the read."""


async def shown(last: LastUsed, within: float = 5.0) -> Sequence[str]:
    last.look(ALICE)
    return await last.of(ALICE, until=asyncio.get_running_loop().time() + within)


def names(typed: str = "", last: Sequence[str] = ()) -> list[str]:
    return [one.name for one in among(STREET, typed, last=last)]


def test_without_a_word_the_last_used_come_first_and_the_offline_ones_last_with_a_note() -> None:
    assert names(last=["camera.2.4", "camera.1.3", "of.2.camera.3.5", "camera.9.9"]) == [
        "Garage · Home",
        "Shed (bob's)",
        "Back Door · Home",
        "Tür · Cabin (offline)",
        "Front Door · Home (offline)",
    ]


def test_words_are_found_in_any_order_without_blanks_accents_and_case() -> None:
    assert names("door") == ["Back Door · Home", "Front Door · Home (offline)"]
    assert names("frontdoor") == names("DOOR front") == ["Front Door · Home (offline)"]
    assert names("tur") == ["Tür · Cabin (offline)"]
    assert names("garden shed") == ["Shed (bob's)"], "its system is known, although its label needs none"
    assert names("?") == []


async def test_what_was_read_a_moment_ago_is_not_read_with_each_letter() -> None:
    jobs = Jobs("camera.1.3")
    last = LastUsed(jobs.read, _left)
    for _ in range(10):
        assert await shown(last) == ("camera.1.3",)
    assert jobs.reads == 1


async def test_another_process_begins_with_what_the_database_says() -> None:
    jobs = Jobs("camera.1.3")
    assert await shown(LastUsed(jobs.read, _left)) == await shown(LastUsed(jobs.read, _left)) == ("camera.1.3",)


async def test_a_database_that_is_away_or_hangs_costs_no_name_and_no_time() -> None:
    jobs = Jobs("camera.1.3")
    jobs.away = True
    assert await shown(LastUsed(jobs.read, _left)) == ()
    jobs.away, jobs.hangs = False, True
    last = LastUsed(jobs.read, _left)
    assert await shown(last, within=0.02) == ()
    last.forget(ALICE)
