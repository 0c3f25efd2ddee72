"""What a transaction on SQLite costs, and that none stays open, whatever happens to who began it."""

import asyncio
import contextlib
import sqlite3
import threading
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy

from bot.store import Store, StoreError, engine, sqlite
from bot.store.errors import Conflict, DatabaseTrouble, DatabaseUnreachable
from bot.store.tables import meta
from bot.store.transaction import Transaction
from tests.support.databases import SqliteFile, with_tables
from tests.support.examples import ALICE, an_account, queued
from tests.support.waiting import until


def driver_of(transaction: Transaction) -> sqlite3.Connection:
    driver = transaction.connection.connection.driver_connection
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
    driver = await store.database.read(driver_of)
    driver.set_trace_callback(lambda statement: told.append(statement.split()[0]))
    yield told
    driver.set_trace_callback(None)


async def test_who_looks_something_up_says_one_statement_in_a_transaction(store: Store, said: list[str]) -> None:
    await store.accounts.account(ALICE)
    assert said == ["BEGIN", "SELECT", "COMMIT"]


async def test_several_statements_are_one_transaction(store: Store, said: list[str]) -> None:
    await queued(store)
    each = ["BEGIN", "SAVEPOINT"], ["RELEASE", "COMMIT"]
    assert said == [*each[0], "INSERT", *each[1], *each[0], "SELECT", "UPDATE", *each[1]]


class Held:
    """A transaction that writes, and then waits in the middle of a statement until it may go on."""

    def __init__(self) -> None:
        self.reached, self.go_on = threading.Event(), threading.Event()

    def write(self, transaction: Transaction) -> None:
        driver_of(transaction).create_function("hold", 0, self._hold)
        transaction.change(put("colour", "green"))
        transaction.scalar(sqlalchemy.text("SELECT hold()"))

    def _hold(self) -> None:
        self.reached.set()
        self.go_on.wait(5)


async def test_a_writer_cancelled_in_the_middle_of_a_long_transaction_has_written_nothing(
    store: Store, other: Store
) -> None:
    held = Held()

    async def write() -> None:
        async with store.database.transaction(writes=True) as opened:
            await opened.run(held.write)

    await _cancelled(asyncio.create_task(write()), held)
    assert await store.meta("colour") is None
    await other.set_meta("colour", "blue")
    assert await store.meta("colour") == "blue"


async def test_a_writer_cancelled_in_the_middle_of_a_statement_has_written_nothing(store: Store, other: Store) -> None:
    held = Held()
    await _cancelled(asyncio.create_task(store.database.write(held.write)), held)
    await store.set_meta("size", "large")
    assert (await other.meta("colour"), await other.meta("size")) == (None, "large")


async def _cancelled(writer: asyncio.Task[None], held: Held) -> None:
    await until(held.reached.is_set)
    writer.cancel()
    held.go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await writer


@pytest.mark.parametrize("word", ["COMMIT", "ROLLBACK"])
async def test_a_transaction_that_could_not_be_ended_is_undone_before_the_next_begins(store: Store, word: str) -> None:
    refused = [word]

    def rule(action: int, about: str | None, *_: str | None) -> int:
        return sqlite3.SQLITE_DENY if action == sqlite3.SQLITE_TRANSACTION and about in refused else sqlite3.SQLITE_OK

    async def write() -> None:
        async with store.database.transaction(writes=True) as opened:
            await opened.run(lambda transaction: driver_of(transaction).set_authorizer(rule))
            await opened.run(lambda transaction: transaction.change(put("colour", "green")))
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
            await readers.enter_async_context(store.database.transaction(writes=False))
        with pytest.raises(DatabaseUnreachable, match="did not answer in time"):
            await store.meta("colour")
    assert await store.meta("colour") is None


async def test_who_still_uses_a_connection_when_the_store_is_closed_can_do_no_more(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "_GOODBYE", 0.05)
    one = sqlalchemy.text("SELECT 1")
    async with contextlib.AsyncExitStack() as reader:
        opened = await reader.enter_async_context(store.database.transaction(writes=False))
        connections: Any = store.database._engine
        threads = [one._thread._thread for one in connections._all if one._thread]
        assert threads
        await store.database.close()
        await until(lambda: not any(each.is_alive() for each in threads))
        with pytest.raises(sqlite3.ProgrammingError):
            await opened.run(lambda transaction: transaction.scalar(one))


def put(key: str, value: str) -> sqlalchemy.Insert:
    return sqlalchemy.insert(meta).values(key=key, value=value)


def write(store: Store, *statements: sqlalchemy.Executable) -> asyncio.Task[int]:
    """Return a task that executes statements as one transaction, and returns how many rows that changed."""
    return asyncio.create_task(
        store.database.write(lambda transaction: sum(transaction.change(statement) for statement in statements))
    )


async def let_wait(store: Store, *statements: sqlalchemy.Executable) -> list[asyncio.Task[int]]:
    """Return tasks that each execute one statement, and have their turn together."""
    tasks = [write(store, statement) for statement in statements]
    async with store.database.transaction(writes=True):  # it has the turn before them
        await asyncio.sleep(0)
    return tasks


async def test_transactions_that_wait_share_a_commit(store: Store, said: list[str]) -> None:
    async with store.database.transaction(writes=True):
        tasks = [write(store, put("sky", "blue"), put("sea", "blue")), write(store, put("grass", "green"))]
        await asyncio.sleep(0)
        said.clear()
    assert await asyncio.gather(*tasks) == [2, 1]
    both = ["SAVEPOINT", "INSERT", "INSERT", "RELEASE", "SAVEPOINT", "INSERT", "RELEASE"]
    assert said == ["COMMIT", "BEGIN", *both, "COMMIT"]
    assert (await store.meta("sky"), await store.meta("grass")) == ("blue", "green")


async def test_a_transaction_that_is_refused_in_its_middle_is_undone_as_a_whole(store: Store, other: Store) -> None:
    async with store.database.transaction(writes=True):
        tasks = [write(store, put("sky", "blue"), put("sea", "blue")), write(store, put("sand", "red"), put("sky", ""))]
        await asyncio.sleep(0)
    blue, refused = await asyncio.gather(*tasks, return_exceptions=True)
    assert (blue, type(refused)) == (2, Conflict)
    assert (await other.meta("sky"), await other.meta("sand")) == ("blue", None)


async def test_one_that_is_refused_is_undone_alone(store: Store, other: Store) -> None:
    tasks = await let_wait(store, put("sky", "blue"), put("sky", "grey"), put("grass", "green"))
    blue, grey, green = await asyncio.gather(*tasks, return_exceptions=True)
    assert (blue, green) == (1, 1)
    assert isinstance(grey, Conflict)
    assert (await other.meta("sky"), await other.meta("grass")) == ("blue", "green")


async def test_one_that_is_cancelled_before_its_turn_is_never_executed(store: Store, other: Store) -> None:
    async with store.database.transaction(writes=True):
        kept, cancelled = (write(store, one) for one in (put("sky", "blue"), put("grass", "red")))
        await asyncio.sleep(0)
        cancelled.cancel()
    assert await kept == 1
    assert (await other.meta("sky"), await other.meta("grass")) == ("blue", None)


async def test_an_error_that_undoes_the_whole_transaction_is_told_to_all_who_share_it(store: Store) -> None:
    await write(store, put("sky", "blue"))
    undoing = sqlalchemy.text("INSERT OR ROLLBACK INTO meta VALUES ('sky', 'grey')")
    told = await asyncio.gather(
        *await let_wait(store, put("grass", "green"), undoing, put("sea", "blue")), return_exceptions=True
    )
    assert [isinstance(one, StoreError) for one in told] == [True, True, True]
    assert (await store.meta("grass"), await store.meta("sea")) == (None, None)
    await write(store, put("grass", "green"))


async def test_a_commit_that_fails_is_told_to_all_who_share_it(store: Store) -> None:
    def rule(action: int, about: str | None, *_: str | None) -> int:
        return sqlite3.SQLITE_DENY if (action, about) == refused else sqlite3.SQLITE_OK

    refused = (sqlite3.SQLITE_TRANSACTION, "")
    driver = await store.database.read(driver_of)
    tasks = await let_wait(store, put("sky", "blue"), put("grass", "green"))
    driver.set_authorizer(rule)
    refused = (sqlite3.SQLITE_TRANSACTION, "COMMIT")
    assert {type(one) for one in await asyncio.gather(*tasks, return_exceptions=True)} == {DatabaseTrouble}
    refused = (sqlite3.SQLITE_TRANSACTION, "")
    assert (await store.meta("sky"), await store.meta("grass")) == (None, None)
    await write(store, put("sky", "blue"))
