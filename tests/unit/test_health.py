"""Reading the numbers holds nobody up, whatever the database does; and what is ready is told check by check."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from pathlib import Path
from typing import Any

import pytest

from bot.health import MetricsReader, Readiness
from bot.metrics import Metrics
from bot.store import Keyring, Store, open_store
from bot.store.errors import DatabaseTrouble
from tests.support.databases import with_tables

Unfinished = Callable[[], Coroutine[Any, Any, Mapping[str, int]]]


def reader_of(unfinished: Unfinished, *, patience: float = 20.0) -> MetricsReader:
    return MetricsReader(Metrics(), unfinished, lambda: None, patience=patience)


class Database:
    """Says how many clips are unfinished once it is let; counts how often it is asked."""

    def __init__(self) -> None:
        self.asked = 0
        self.free = asyncio.Event()

    async def unfinished(self) -> Mapping[str, int]:
        self.asked += 1
        await self.free.wait()
        return {"recording": 1}


async def test_a_database_that_does_not_answer_costs_one_question_and_a_moment() -> None:
    database = Database()
    numbers = reader_of(database.unfinished, patience=0.05)
    async with asyncio.timeout(20):
        for _ in range(5):
            assert b"blinkclip_clips_counted 0.0" in await numbers.read()
        assert database.asked == 1
        database.free.set()
        while b'blinkclip_clips{stage="recording"} 1.0' not in await numbers.read():
            pass
    await numbers.close()


async def test_many_readers_at_once_are_one() -> None:
    database = Database()
    database.free.set()
    numbers = reader_of(database.unfinished)
    answers = await asyncio.gather(*(numbers.read() for _ in range(50)))
    assert database.asked == 1
    assert len(set(answers)) == 1
    await numbers.close()


async def test_a_reader_who_goes_away_takes_nothing_from_the_others() -> None:
    database = Database()
    numbers = reader_of(database.unfinished)
    gone, stays = asyncio.create_task(numbers.read()), asyncio.create_task(numbers.read())
    await asyncio.sleep(0)
    gone.cancel()
    database.free.set()
    assert b"blinkclip_clips_counted 1.0" in await stays
    await numbers.close()


async def test_a_database_that_fails_leaves_the_other_numbers() -> None:
    async def unfinished() -> Mapping[str, int]:
        raise DatabaseTrouble("the disk reports an error")

    numbers = reader_of(unfinished)
    for _ in range(2):
        text = await numbers.read()
        assert b"blinkclip_clips_counted 0.0" in text
        assert b"blinkclip_tasks" in text
    await numbers.close()


async def test_stopping_does_not_wait_for_the_database() -> None:
    database = Database()
    numbers = reader_of(database.unfinished, patience=0.05)
    await numbers.read()
    async with asyncio.timeout(20):
        await numbers.close()


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with open_store(
        with_tables(tmp_path / "bot.db").url, Keyring(["a-secret-of-the-tests-with-32-characters"])
    ) as store:
        yield store


class Client:
    """What is known of a gateway's client from outside."""

    def __init__(self, *, was_ready: bool, closed: bool = False) -> None:
        self.was_ready = was_ready
        self.closed = closed

    def is_closed(self) -> bool:
        return self.closed


async def gateway(readiness: Readiness, client: Any) -> str:
    return (await readiness.checks(client))["gateway"]


async def test_a_gateway_is_ready_from_discords_greeting_until_some_time_after_its_client_gave_up(store: Store) -> None:
    patient, strict = Readiness(store, grace=60.0), Readiness(store, grace=0.0)
    assert await gateway(patient, None) == "never"
    assert await gateway(patient, Client(was_ready=False)) == "never"
    assert await gateway(patient, Client(was_ready=True)) == "ok"
    given_up: Any = Client(was_ready=True, closed=True)
    for readiness, word in ((patient, "ok"), (strict, "closed")):
        assert await gateway(readiness, given_up) == word, "while it is still being closed"
        readiness.lost(given_up)
        assert await gateway(readiness, Client(was_ready=False)) == word
        assert await gateway(readiness, Client(was_ready=True)) == "ok"


async def test_a_client_that_discord_never_greets_is_never_ready(store: Store) -> None:
    readiness = Readiness(store)
    refused: Any = Client(was_ready=False, closed=True)
    readiness.lost(refused)
    assert await gateway(readiness, refused) == "never"


async def test_a_database_that_takes_too_long_is_said_to_be_slow(store: Store) -> None:
    assert (await Readiness(store, patience=0.0).checks(None))["database"] == "slow"
