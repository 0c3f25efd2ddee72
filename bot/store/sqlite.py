"""SQLite: a private file, its pragmas, its transactions, and the meaning of its error codes."""

import asyncio
import logging
import os
import sqlite3
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar, cast

import aiosqlite
import sqlalchemy
from sqlalchemy import URL, NullPool, create_engine, event

from .errors import DatabaseLocked, DatabaseTrouble, DiskFull, NotADatabase, NotWritable
from .transaction import Transaction

_log = logging.getLogger(__name__)

T = TypeVar("T")

# A transaction that begins as a reader cannot write once another has written: it fails at once, without a timeout. So a
# writer begins with IMMEDIATE, and waits there.
READS, WRITES = "BEGIN", "BEGIN IMMEDIATE"

_CONNECTIONS = 5  # one writes, the others read
_CACHE = 256  # KiB of each connection; a page that only the system has cached costs a microsecond
_WAIT = 30.0  # seconds for one of them to be free
_CLOSING = 2.0  # seconds for the statements that are under way at the end
_SWITCHES, _SWITCHING = 50, 0.1  # how often the switch to WAL is tried, and the seconds between two tries

_CODES: dict[int, tuple[type[DatabaseTrouble], str]] = {
    sqlite3.SQLITE_BUSY: (DatabaseLocked, "is locked by another program"),
    sqlite3.SQLITE_LOCKED: (DatabaseLocked, "is locked by another program"),
    sqlite3.SQLITE_FULL: (DiskFull, "cannot grow: its disk is full"),
    sqlite3.SQLITE_READONLY: (NotWritable, "cannot be written: check who owns the file and its folder"),
    sqlite3.SQLITE_CANTOPEN: (NotWritable, "cannot be opened: check the path, who owns its folder, and `ulimit -n`"),
    sqlite3.SQLITE_PERM: (NotWritable, "cannot be opened: check who owns the file"),
    sqlite3.SQLITE_NOTADB: (NotADatabase, "is not a SQLite database"),
    sqlite3.SQLITE_CORRUPT: (NotADatabase, "is damaged: restore a backup"),
    sqlite3.SQLITE_IOERR: (DatabaseTrouble, "cannot be read or written: its disk reports an error"),
}


class Engine:
    """Connections to the file at `path`, which may be missing; the one that was used last is the next.

    Each is SQLAlchemy's own in a thread of aiosqlite's, and not one of its asyncio engine: that one takes a turn of the
    thread for each call of a cursor, and loads SQLAlchemy's ORM.
    """

    def __init__(self, path: Path, *, busy_timeout: float) -> None:
        self.sync_engine = create_engine(
            URL.create("sqlite", database=str(path)),
            hide_parameters=True,
            poolclass=NullPool,
            # The driver's own BEGIN comes only before the first write, which is too late. We send it, as SQLAlchemy's
            # documentation says in "Transactions with SQLite and the sqlite3 driver".
            connect_args={"timeout": busy_timeout, "isolation_level": None},
        )
        event.listen(self.sync_engine, "connect", _on_connect)
        self.dialect = self.sync_engine.dialect
        self._free = asyncio.LifoQueue["ConnectionThread"]()  # its cache is the fullest
        self._all = [ConnectionThread(self.sync_engine, self._free) for _ in range(_CONNECTIONS)]
        for connection in self._all:
            self._free.put_nowait(connection)

    async def connect(self) -> "ConnectionThread":
        """Return a connection that nobody uses, as soon as there is one; raises TimeoutError."""
        if not self._free.empty():
            return self._free.get_nowait()
        async with asyncio.timeout(_WAIT):
            return await self._free.get()

    async def dispose(self) -> None:
        """Close every connection; one that is still in use, after its statement."""
        if stopping := [stopped for one in self._all if (stopped := one.stop())]:
            await asyncio.wait(stopping, timeout=_CLOSING)


class ConnectionThread:
    """A connection in a thread of its own, which opens it for the first statement."""

    def __init__(self, engine: sqlalchemy.Engine, free: "asyncio.Queue[ConnectionThread]") -> None:
        self._adapter = _Adapter(engine)
        self._free = free
        self._thread: aiosqlite.Connection | None = None
        self._stopped = False
        self._in_transaction = False

    async def run_sync(self, fn: Callable[[sqlalchemy.Connection], T], /) -> T:
        """Return what `fn` returns for the connection, in one turn of the thread."""
        if self._stopped:
            raise sqlite3.ProgrammingError("the connection is closed")
        if self._thread is None:
            # aiosqlite calls methods of what it is given here, and looks at nothing else of it.
            self._thread = await aiosqlite.Connection(cast(Any, lambda: self._adapter), 0)
        self._in_transaction = True  # also if this is cancelled or fails
        await self._thread.execute(cast(Any, fn))
        self._in_transaction = self._adapter.in_transaction
        return self._adapter.take()

    async def commit(self) -> None:
        """Commit if there is a transaction."""
        if self._thread and self._in_transaction:
            await self._thread.commit()
            self._in_transaction = False

    async def close(self) -> None:
        """Let others use the connection, after a rollback if there is a transaction."""
        try:
            if self._thread and self._in_transaction:
                await self._thread.rollback()
        finally:
            self._in_transaction = False
            self._free.put_nowait(self)

    def stop(self) -> asyncio.Future[Any] | None:
        """Close the connection and end its thread, after what it is doing. Returns what to await, None if nothing."""
        self._stopped = True
        thread, self._thread = self._thread, None
        return cast("asyncio.Future[Any] | None", thread.stop()) if thread else None  # pyright: ignore[reportUnknownMemberType]


class _Adapter:
    """SQLAlchemy's connection, which stands in for sqlite3's; only one thread calls it."""

    def __init__(self, engine: sqlalchemy.Engine) -> None:
        self._engine = engine
        self._opened: sqlalchemy.Connection | None = None
        self._result: Any = None
        self.in_transaction = False

    def execute(self, work: Callable[[sqlalchemy.Connection], Any], _parameters: object) -> None:
        """Keep what `work` returns for the connection, and whether a transaction is open after it."""
        if self._opened is None:
            self._opened = self._engine.connect()
        opened = self._opened
        self._result = work(opened)
        self.in_transaction = cast(sqlite3.Connection, opened.connection.driver_connection).in_transaction
        if not self.in_transaction:  # there was no BEGIN: only SQLAlchemy believes in a transaction
            opened.rollback()

    def take(self) -> Any:
        """Return the latest result once."""
        result, self._result = self._result, None
        return result

    def commit(self) -> None:
        """Commit."""
        assert self._opened is not None
        self._opened.commit()

    def rollback(self) -> None:
        """Roll back; close the connection if that fails, so that another takes its place."""
        opened, self._opened = self._opened, None
        if opened is not None:
            try:
                opened.rollback()
                opened.connection.rollback()  # after a COMMIT that failed, SQLAlchemy believes in no transaction
            except Exception:
                opened.invalidate()
                raise
            self._opened = opened

    def close(self) -> None:
        """Disconnect."""
        if self._opened is not None:
            self._opened.close()


def commit_together(connection: sqlalchemy.Connection, works: Sequence[Callable[[Transaction], Any]]) -> list[Any]:
    """Execute each work, commit them at once, and return what each returns, or its exception if it is undone."""
    driver = cast(sqlite3.Connection, connection.connection.driver_connection)
    transaction, outcomes = Transaction(connection), list[Any]()
    driver.execute(WRITES)
    for work in works:
        driver.execute("SAVEPOINT work")
        try:
            outcomes.append(work(transaction))
        except Exception as error:
            # Some errors undo the whole transaction: https://sqlite.org/lang_transaction.html
            if not driver.in_transaction:
                raise
            driver.execute("ROLLBACK TO work")
            outcomes.append(error)
        driver.execute("RELEASE work")
    driver.execute("COMMIT")
    return outcomes


def _on_connect(connection: Any, _record: object) -> None:
    cursor = connection.cursor()
    _write_ahead(cursor)
    # FULL, because a row is written before the act that it allows (a camera records, a refresh token is used up).
    # NORMAL survives kill -9, but a power cut could undo the last commits after the act.
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute(f"PRAGMA cache_size = -{_CACHE}")
    cursor.close()


def _write_ahead(cursor: Any) -> None:
    """Switch to WAL, so that readers never wait for the writer.

    Tries again if another process opens the same new file, since SQLite does not wait here.
    """
    for last in (*(False,) * _SWITCHES, True):
        try:
            cursor.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if last or error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                raise
            time.sleep(_SWITCHING)
        else:
            return


def make_private(path: Path) -> None:
    """Create the file and its folder for this user alone, or close a file to all others; raises NotWritable."""
    make_folder(path)
    try:
        # An existing file is never opened: closing it would drop the locks that SQLite holds on it in this process
        # (https://sqlite.org/howtocorrupt.html, 2.2). -wal and -shm get the mode of the file.
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    except FileExistsError:
        _check_access(path)
        _close_to_others(path)
    except OSError as error:
        raise NotWritable(f"The database {path} cannot be created: {error.strerror}.") from error


def make_folder(path: Path) -> None:
    """Create the folder of a file for this user alone if it is missing; raises NotWritable."""
    try:
        for folder in reversed([folder for folder in path.parents if not folder.exists()]):
            folder.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise NotWritable(f"The database {path} cannot be created: {error.strerror}.") from error


def _check_access(path: Path) -> None:
    # Checked first: a file that may only be read would open well, and fail at the first write.
    if path.is_dir():
        raise NotWritable(f"The database {path} cannot be opened: it is a folder.")
    if not (os.access(path, os.R_OK | os.W_OK) and os.access(path.parent, os.W_OK | os.X_OK)):
        raise NotWritable(f"The database {path} cannot be written: check who owns the file and its folder.")


def _close_to_others(path: Path) -> None:
    for file in (path, path.with_name(path.name + "-wal"), path.with_name(path.name + "-shm")):
        try:
            if file.is_file() and file.stat().st_mode & 0o077:
                file.chmod(0o600)
        except OSError as error:  # some mounts have no modes
            _log.warning("others may read %s: its mode cannot be changed (%s)", file, error.strerror)


def trouble(name: str, error: sqlite3.Error) -> DatabaseTrouble:
    """Return our error for one of SQLite's."""
    code = getattr(error, "sqlite_errorcode", None)
    kind, words = _CODES.get((code or 0) & 0xFF, (DatabaseTrouble, f"failed: {error}"))  # the rest is detail
    return kind(f"The database {name} {words}.")
