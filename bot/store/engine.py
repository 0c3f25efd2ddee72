"""One database of either kind: its address, its transactions, and its failures as StoreErrors."""

import asyncio
import os
import sqlite3
from collections.abc import AsyncGenerator, Callable, Coroutine, Generator
from contextlib import asynccontextmanager, contextmanager, nullcontext, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import URL, Column, Connection, Delete, Update, make_url, select
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from . import postgres, sqlite
from .errors import BadDatabaseUrl, Conflict, DatabaseLocked, DatabaseTrouble, DatabaseUnreachable
from .tables import tell_postgresql
from .transaction import Transaction

if TYPE_CHECKING:  # it loads SQLAlchemy's ORM, and is needed for PostgreSQL only
    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

    Driver = AsyncConnection | sqlite.ConnectionThread

T = TypeVar("T")

# It is executed in a thread (SQLite) or in a greenlet (PostgreSQL), and may be rolled back: it does nothing else.
Work = Callable[[Transaction], T]
_Waiting = tuple[Work[Any], asyncio.Future[Any]]

# Where the database is; a function is called again for each connection.
DatabaseAddress = str | Callable[[], str]

_FORMS = "sqlite:///PATH, sqlite:////ABSOLUTE/PATH or postgresql://USER:PASSWORD@HOST/NAME"
_GOODBYE = 5.0
_CHUNK, _PAUSE = 50, 0.1  # rows of one write of clean-up, and the seconds until the next


class Database:
    """Transactions on one database; every failure becomes a StoreError.

    On PostgreSQL a transaction may take `PATIENCE` seconds, and connecting as many.
    """

    def __init__(self, engine: "AsyncEngine | sqlite.Engine", *, name: str, busy_timeout: float) -> None:
        self.name = name
        self.dialect = engine.dialect
        self._engine = engine
        self._busy_timeout = busy_timeout
        self._sqlite = engine.dialect.name == "sqlite"
        self._reads = sqlite.READS if self._sqlite else None
        self._writes = sqlite.WRITES if self._sqlite else postgres.writes(lock_timeout=busy_timeout)
        # SQLite has one writer, and polls for the lock, which is neither fair nor quick among the tasks of one process.
        # So they take turns here, and those that wait share the next commit, which waits for the disk.
        self._turn = asyncio.Lock()
        self._waiting: list[_Waiting] = []
        self._under_way: set[asyncio.Future[Any]] = set()
        self._closed = False

    async def read(self, work: Work[T]) -> T:
        """Return what `work` returns of a transaction that only reads; on SQLite it waits for no writer."""
        return await self._in_one_turn(self._reads, work)

    async def write(self, work: Work[T]) -> T:
        """Return what `work` returns of a transaction, which is committed, or rolled back if `work` raises.

        If the caller is cancelled, it is rolled back, or committed if that was about to happen.
        """
        if not self._sqlite:
            return await self._in_one_turn(self._writes, work)
        done: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._waiting.append((work, done))
        if len(self._waiting) == 1:
            self._unhurried(self._commit_together())
        with self.our_errors():
            return await done

    async def in_chunks(self, statement: Delete | Update, key: Column[str]) -> None:
        """Execute a statement for few of its rows at a time, so that no other write waits long.

        `key` names a row. The rows are looked for in transactions of their own, which only read.
        """
        assert statement.whereclause is not None
        found = select(key).where(statement.whereclause).limit(_CHUNK)
        while True:
            keys = await self.read(partial(Transaction.scalars, statement=found))
            if keys:
                await self.write(partial(Transaction.change, statement=statement.where(key.in_(keys))))
            if len(keys) < _CHUNK:
                return
            await asyncio.sleep(_PAUSE)

    @asynccontextmanager
    async def transaction(self, *, writes: bool, patience: float | None = None) -> AsyncGenerator["OpenTransaction"]:
        """Open a transaction of several turns, between which the event loop may do anything.

        It is committed at the end, or rolled back if the body raises. On PostgreSQL it may take `patience` seconds, or
        for ever.
        """
        turn = self._next_turn() if writes and self._sqlite else nullcontext()
        with self.our_errors():
            async with turn, self._connected() as driver, self._limited(patience):
                if begin := self._writes if writes else self._reads:
                    await driver.run_sync(lambda connection: connection.exec_driver_sql(begin).close())
                yield OpenTransaction(driver)
                await driver.commit()  # in here, so that a cancelled commit still closes the connection

    async def _in_one_turn(self, begin: str | None, work: Work[T]) -> T:
        def turn(connection: Connection) -> T:
            if begin:
                connection.exec_driver_sql(begin)
            outcome = work(Transaction(connection))
            connection.commit()
            return outcome

        with self.our_errors():
            async with self._connected() as driver, self._limited(postgres.PATIENCE):
                return await driver.run_sync(turn)

    async def _commit_together(self) -> None:
        """Commit all that waits to write by the time it is its turn."""
        batch: list[_Waiting] = []
        outcomes: list[Any]
        try:
            async with self._next_turn(), self._connected() as driver:
                batch = self._take_waiting()
                works = [_unless_cancelled(work, done) for work, done in batch]
                outcomes = await driver.run_sync(partial(sqlite.commit_together, works=works))
        except Exception as error:
            batch = batch or self._take_waiting()
            outcomes = [error] * len(batch)
        for (_, done), outcome in zip(batch, outcomes, strict=True):
            if done.cancelled():
                continue
            if isinstance(outcome, Exception):
                done.set_exception(outcome)
            else:
                done.set_result(outcome)

    def _take_waiting(self) -> list[_Waiting]:
        waiting, self._waiting = self._waiting, []
        return [(work, done) for work, done in waiting if not done.cancelled()]

    def _limited(self, patience: float | None) -> asyncio.Timeout:
        return asyncio.timeout(None if self._sqlite else patience)

    async def close(self) -> None:
        """Close every connection, after the transactions that are under way, and open no other."""
        self._closed = True
        with suppress(TimeoutError):
            async with asyncio.timeout(_GOODBYE):
                while self._under_way:
                    await asyncio.wait(self._under_way)
        await self._engine.dispose()

    @asynccontextmanager
    async def _connected(self) -> AsyncGenerator["Driver"]:
        """Open a connection and close it, also if the caller is cancelled while a statement is under way."""
        if self._closed:
            raise DatabaseUnreachable(f"The database {self.name} is closed.")
        driver = await self._opened()
        used = asyncio.get_running_loop().create_future()
        self._under_way.add(used)
        ended = False
        try:
            yield driver
            ended = True
        finally:
            closing = driver.close()
            if not (ended and self._sqlite):  # SQLite's closing after a transaction does not wait
                closing = asyncio.shield(self._unhurried(closing))
            self._under_way.discard(used)
            used.set_result(None)
            await closing

    async def _opened(self) -> "Driver":
        if self._sqlite:
            return await self._engine.connect()  # begins nothing that would have to be ended
        opening = self._unhurried(self._open())
        try:
            return await asyncio.shield(opening)
        except asyncio.CancelledError:
            self._unhurried(_close(opening))
            raise

    async def _open(self) -> "Driver":
        async with self._limited(postgres.PATIENCE):  # a kept connection is tried first, and may be dead
            return await self._engine.connect()

    def _unhurried(self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        """Let `work` finish even if its caller is cancelled."""
        task = asyncio.create_task(work, name="database connection")
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        return task

    @asynccontextmanager
    async def _next_turn(self) -> AsyncGenerator[None]:
        """Wait for the turn of one who writes to SQLite; raises DatabaseLocked."""
        try:
            async with asyncio.timeout(self._busy_timeout):
                await self._turn.acquire()
        except TimeoutError:
            raise DatabaseLocked(f"The database {self.name} is locked: writes take too long.") from None
        try:
            yield
        finally:
            self._turn.release()

    @contextmanager
    def our_errors(self) -> Generator[None]:
        """Turn errors of this database into StoreErrors that name it."""
        try:
            yield
        except IntegrityError as error:
            raise Conflict(f"The database {self.name} refused a row that contradicts another.") from error
        except PoolTimeout as error:
            raise DatabaseLocked(f"The database {self.name} is too busy.") from error
        except (DBAPIError, sqlite3.Error) as error:
            raise self._trouble(error) from error
        except (SQLAlchemyError, OverflowError) as error:
            raise DatabaseTrouble(f"The database {self.name} failed: {postgres.first_line(error)}.") from error
        except OSError as error:
            raise postgres.unreachable(self.name, error) from error

    def _trouble(self, error: DBAPIError | sqlite3.Error) -> DatabaseTrouble:
        cause = error.orig if isinstance(error, DBAPIError) else error
        if isinstance(cause, sqlite3.Error):
            return sqlite.trouble(self.name, cause)
        assert isinstance(error, DBAPIError)
        return postgres.trouble(self.name, error)


class OpenTransaction:
    """A transaction of several turns."""

    def __init__(self, driver: "Driver") -> None:
        self._driver = driver

    async def run(self, work: Work[T]) -> T:
        """Return what `work` returns of the transaction."""
        return await self._driver.run_sync(lambda connection: work(Transaction(connection)))


class _Cancelled(Exception):
    """Nobody waits for a transaction any more."""


def _unless_cancelled(work: Work[T], done: asyncio.Future[T]) -> Work[T]:
    """Return what undoes `work` if its caller has been cancelled meanwhile."""

    def checked(transaction: Transaction) -> T:
        outcome = work(transaction)
        if done.cancelled():
            raise _Cancelled
        return outcome

    return checked


async def _close(opening: asyncio.Task["Driver"]) -> None:
    driver = await opening
    await driver.close()


def connect(address: DatabaseAddress, *, busy_timeout: float = 5.0) -> Database:
    """Return the database at an address, and create SQLite's file if it is missing; raises StoreError."""
    current = address if callable(address) else lambda: address
    url = parse(current())
    if url.drivername == "sqlite":
        path = sqlite_path(url)
        sqlite.make_private(path)
        return Database(sqlite.Engine(path, busy_timeout=busy_timeout), name=name_of(url), busy_timeout=busy_timeout)
    postgres.connection_arguments(url)  # tells a mistake in the address at once
    postgres.note_unknown(url)
    tell_postgresql()
    return Database(postgres.create(lambda: parse(current())), name=name_of(url), busy_timeout=busy_timeout)


def parse(database_url: str) -> URL:
    """Return the parts of a DATABASE_URL; raises BadDatabaseUrl, which never quotes it because of the password."""
    try:
        url = make_url(database_url.strip())
    except (ArgumentError, ValueError):
        raise BadDatabaseUrl(f"DATABASE_URL is not understood; it should be {_FORMS}.") from None
    if url.drivername in ("postgres", "postgresql"):
        if "@" in (url.host or ""):  # it is the rest of a password with an @, and every error would show the host
            raise BadDatabaseUrl("DATABASE_URL has a second @: in a user or a password it is written %40.")
        return url.set(drivername="postgresql")
    if url.drivername != "sqlite":
        raise BadDatabaseUrl(f"DATABASE_URL names a kind of database that is not known; it should be {_FORMS}.")
    if url.host or url.query or url.database in (None, "", ":memory:"):
        raise BadDatabaseUrl(f"DATABASE_URL names no file; it should be {_FORMS}.")
    return url


def sqlite_file(database_url: str) -> Path | None:
    """Return the file of a SQLite address, None if the database is another; raises BadDatabaseUrl."""
    url = parse(database_url)
    return sqlite_path(url) if url.drivername == "sqlite" else None


def name_of(url: URL) -> str:
    """Return the name of a database for errors: its file, or its host and name."""
    if url.drivername == "sqlite":
        return str(sqlite_path(url))
    host, database = (url.query.get(key) for key in ("host", "dbname"))
    return f"{url.host or host or 'localhost'}/{url.database or database or ''}"


def sqlite_path(url: URL) -> Path:
    """Return the absolute path of a SQLite address, with links resolved."""
    assert url.database is not None
    return Path(os.path.realpath(url.database))
