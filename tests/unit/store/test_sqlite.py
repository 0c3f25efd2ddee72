"""What a transaction on SQLite costs, and that none stays open, whatever happens to who began it."""

import asyncio
import contextlib
import sqlite3
import threading
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import sqlalchemy

from bot.store import Store, StoreError, engine, sqlite
from bot.store.errors import Conflict, DatabaseTrouble, DatabaseUnreachable
from bot.store.tables import meta
from tests.support.databases import SqliteFile, with_tables
from tests.support.examples import ALICE, an_account, queued
from tests.support.waiting import until

NOTHING = sqlalchemy.text("UPDATE meta SET value = value")


def driver_of(connection: sqlalchemy.Connection) -> sqlite3.Connection:
    driver = connection.connection.driver_connection
    assert isinstance(driver, sqlite3.Connection)
    return driver


@pytest.fixture
def database(path: Path) -> SqliteFile:
    return with_tables(path)


@pytest.fixture
async def said(store: Store) -> AsyncIterator[list[str]]:
    """What SQLite is told over the connection that is used next, too."""
    await store.accounts.link(an_account(ALICE))
    told: list[str] = []
    async with store._database.read() as connection:
        driver = await connection.run_sync(driver_of)
        driver.set_trace_callback(lambda statement: told.append(statement.split()[0]))
    told.clear()
    yield told
    driver.set_trace_callback(None)


async def test_who_looks_something_up_says_one_statement(store: Store, said: list[str]) -> None:
    await store.accounts.account(ALICE)
    assert said == ["SELECT"]


async def test_who_writes_one_statement_says_nothing_around_it(store: Store, said: list[str]) -> None:
    await store.set_meta("colour", "green")
    assert said == ["INSERT"]


async def test_several_statements_are_one_transaction(store: Store, said: list[str]) -> None:
    await queued(store)
    assert said == ["INSERT", "BEGIN", "SELECT", "UPDATE", "COMMIT"]


async def test_a_transaction_that_says_nothing_costs_nothing(store: Store, said: list[str]) -> None:
    async with store._database.write():
        pass
    assert said == []


async def test_a_writer_cancelled_in_the_middle_of_a_statement_has_written_nothing(store: Store, other: Store) -> None:
    held, go_on = threading.Event(), threading.Event()

    def hold() -> None:
        held.set()
        go_on.wait(5)

    async def write() -> None:
        async with store._database.write() as connection:
            (await connection.run_sync(driver_of)).create_function("hold", 0, hold)
            await connection.change(sqlalchemy.text("INSERT INTO meta VALUES ('colour', 'green')"))
            await connection.rows(sqlalchemy.text("SELECT hold()"))

    writer = asyncio.create_task(write())
    await until(held.is_set)
    writer.cancel()
    go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await writer
    assert await store.meta("colour") is None
    await other.set_meta("colour", "blue")
    assert await store.meta("colour") == "blue"


@pytest.mark.parametrize("word", ["COMMIT", "ROLLBACK"])
async def test_a_transaction_that_could_not_be_ended_is_undone_before_the_next_begins(store: Store, word: str) -> None:
    refused = [word]

    def rule(action: int, about: str | None, *_: str | None) -> int:
        return sqlite3.SQLITE_DENY if action == sqlite3.SQLITE_TRANSACTION and about in refused else sqlite3.SQLITE_OK

    async def write() -> None:
        async with store._database.write() as connection:
            (await connection.run_sync(driver_of)).set_authorizer(rule)
            await connection.change(sqlalchemy.text("INSERT INTO meta VALUES ('colour', 'green')"))
            if word == "ROLLBACK":
                raise ValueError("this is to be rolled back")

    with pytest.raises(DatabaseTrouble):
        await write()
    refused.clear()
    await store.set_meta("size", "large")
    assert await store.meta("colour") is None


async def test_who_finds_every_connection_in_use_is_told_so_in_time(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "_WAIT", 0.05)
    async with contextlib.AsyncExitStack() as readers:
        for _ in range(5):
            await readers.enter_async_context(store._database.read())
        with pytest.raises(DatabaseUnreachable, match="did not answer in time"):
            await store.meta("colour")
    assert await store.meta("colour") is None


async def test_who_still_uses_a_connection_when_the_store_is_closed_can_do_no_more(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "_GOODBYE", 0.05)
    one = sqlalchemy.text("SELECT 1")
    async with contextlib.AsyncExitStack() as reader:
        connection = await reader.enter_async_context(store._database.read())
        await connection.scalar(one)
        threads = [each for each in threading.enumerate() if not each.daemon and each is not threading.main_thread()]
        assert threads
        await store._database.close()
        await until(lambda: not any(each.is_alive() for each in threads))
        with pytest.raises(sqlite3.ProgrammingError):
            await connection.scalar(one)


async def test_single_statements_that_wait_come_after_two_transactions_at_most(store: Store) -> None:
    ended: list[str] = []

    async def transact(name: str) -> None:
        async with store._database.write() as connection:
            await connection.change(NOTHING)
        ended.append(name)

    async def write() -> None:
        await store._database.change(NOTHING)
        ended.append("single")

    async with asyncio.TaskGroup() as writers, store._database.write() as connection:
        await connection.scalar(sqlalchemy.text("SELECT 1"))
        for number in range(5):
            writers.create_task(transact(str(number)))
            await asyncio.sleep(0)
        writers.create_task(write())
        await asyncio.sleep(0)
    assert ended == ["0", "single", "1", "2", "3", "4"]


async def let_wait(store: Store, *statements: sqlalchemy.Executable) -> list[asyncio.Task[int]]:
    """Return tasks that each execute one statement, and have their turn together."""
    tasks = [asyncio.create_task(store._database.change(statement)) for statement in statements]
    async with store._database.write() as connection:  # it has the turn before them
        await connection.scalar(sqlalchemy.text("SELECT 1"))
    return tasks


def put(key: str, value: str) -> sqlalchemy.Insert:
    return sqlalchemy.insert(meta).values(key=key, value=value)


async def test_single_statements_that_wait_share_a_commit(store: Store, said: list[str]) -> None:
    await asyncio.gather(*await let_wait(store, put("sky", "blue"), put("grass", "green")))
    each = ["SAVEPOINT", "INSERT", "RELEASE"]
    assert said == ["BEGIN", "SELECT", "COMMIT", "BEGIN", *each, *each, "COMMIT"]
    assert (await store.meta("sky"), await store.meta("grass")) == ("blue", "green")


async def test_one_that_is_refused_is_undone_alone(store: Store, other: Store) -> None:
    tasks = await let_wait(store, put("sky", "blue"), put("sky", "grey"), put("grass", "green"))
    blue, grey, green = await asyncio.gather(*tasks, return_exceptions=True)
    assert (blue, green) == (1, 1)
    assert isinstance(grey, Conflict)
    assert (await other.meta("sky"), await other.meta("grass")) == ("blue", "green")


async def test_one_that_is_cancelled_before_its_turn_is_never_executed(store: Store, other: Store) -> None:
    async with store._database.write() as connection:
        await connection.scalar(sqlalchemy.text("SELECT 1"))
        kept, cancelled = (
            asyncio.create_task(store._database.change(one)) for one in (put("sky", "blue"), put("grass", "red"))
        )
        await asyncio.sleep(0)
        cancelled.cancel()
    assert await kept == 1
    assert (await other.meta("sky"), await other.meta("grass")) == ("blue", None)


async def test_an_error_that_undoes_the_whole_transaction_is_told_to_all_who_share_it(store: Store) -> None:
    await store._database.change(put("sky", "blue"))
    undoing = sqlalchemy.text("INSERT OR ROLLBACK INTO meta VALUES ('sky', 'grey')")
    told = await asyncio.gather(
        *await let_wait(store, put("grass", "green"), undoing, put("sea", "blue")), return_exceptions=True
    )
    assert [isinstance(one, StoreError) for one in told] == [True, True, True]
    assert (await store.meta("grass"), await store.meta("sea")) == (None, None)
    await store._database.change(put("grass", "green"))


async def test_a_commit_that_fails_is_told_to_all_who_share_it(store: Store) -> None:
    def rule(action: int, about: str | None, *_: str | None) -> int:
        return sqlite3.SQLITE_DENY if (action, about) == refused else sqlite3.SQLITE_OK

    refused = (sqlite3.SQLITE_TRANSACTION, "")
    async with store._database.read() as connection:
        driver = await connection.run_sync(driver_of)
    tasks = await let_wait(store, put("sky", "blue"), put("grass", "green"))
    driver.set_authorizer(rule)
    refused = (sqlite3.SQLITE_TRANSACTION, "COMMIT")
    assert {type(one) for one in await asyncio.gather(*tasks, return_exceptions=True)} == {DatabaseTrouble}
    refused = (sqlite3.SQLITE_TRANSACTION, "")
    assert (await store.meta("sky"), await store.meta("grass")) == (None, None)
    await store._database.change(put("sky", "blue"))
