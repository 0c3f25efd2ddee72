"""SQLite: a private file, its pragmas, its transactions, and the meaning of its error codes."""

import asyncio
import logging
import os
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple, cast

import aiosqlite
from sqlalchemy import URL, event
from sqlalchemy import Connection as SyncConnection
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.util import await_only

from .errors import DatabaseLocked, DatabaseTrouble, DiskFull, NotADatabase, NotWritable

_log = logging.getLogger(__name__)

_CONNECTIONS = 5  # one writes, the others read
_CACHE = 256  # KiB of each connection; a page that only the system has cached costs a microsecond
_WRITES, _SINGLE = "bot_writes", "bot_single"
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


def create(path: Path, *, busy_timeout: float) -> AsyncEngine:
    """Return an engine for the file at `path`, which may be missing."""
    engine = create_async_engine(
        URL.create("sqlite+aiosqlite", database=str(path)),
        hide_parameters=True,
        pool_size=_CONNECTIONS,
        max_overflow=0,
        pool_use_lifo=True,  # the connection that was used last has the fullest cache
        # The driver's own BEGIN comes only before the first write, which is too late. We send it, as SQLAlchemy's
        # documentation says in "Transactions with SQLite and the sqlite3 driver".
        connect_args={"async_creator_fn": Connection, "timeout": busy_timeout, "isolation_level": None},
    )
    event.listen(engine.sync_engine, "connect", _on_connect)
    event.listen(engine.sync_engine, "begin", _on_begin)
    return engine


def writing(engine: AsyncEngine) -> AsyncEngine:
    """Return the same engine for transactions that write."""
    return engine.execution_options(**{_WRITES: True})


def single(engine: AsyncEngine) -> AsyncEngine:
    """Return the same engine for statements that are a transaction each."""
    return engine.execution_options(**{_SINGLE: True})


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
            await_only(asyncio.sleep(_SWITCHING))
        else:
            return


def _on_begin(connection: SyncConnection) -> None:
    # A transaction that begins as a reader cannot write once another has written: it fails at once, without a timeout.
    # So a writer begins with IMMEDIATE, and waits there.
    options = connection.get_execution_options()
    if not options.get(_SINGLE):
        driver = cast(Connection, connection.connection.driver_connection)
        driver.begin("BEGIN IMMEDIATE" if options.get(_WRITES) else "BEGIN")


def make_private(path: Path) -> None:
    """Create the file and its folder for this user alone, or close a file to all others; raises NotWritable."""
    try:
        _make_folder(path)
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
        _make_folder(path)
    except OSError as error:
        raise NotWritable(f"The database {path} cannot be created: {error.strerror}.") from error


def _make_folder(path: Path) -> None:
    for folder in reversed([folder for folder in path.parents if not folder.exists()]):
        folder.mkdir(mode=0o700, exist_ok=True)


def _check_access(path: Path) -> None:
    # Checked first, because a connection that fails to open leaves aiosqlite's thread behind for a moment, which ends
    # with a traceback if the event loop is closed by then.
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


Description = Sequence[tuple[str, None, None, None, None, None, None]]


class _Outcome(NamedTuple):
    rows: list[Any]
    description: Description | None
    rowcount: int
    lastrowid: int | None
    in_transaction: bool


class Connection(aiosqlite.Connection):
    """A connection for SQLAlchemy, which begins transactions itself: `isolation_level` is None."""

    def __init__(self, path: str, **options: Any) -> None:
        super().__init__(lambda: sqlite3.connect(path, **options), 64)
        self._thread.daemon = True  # as in SQLAlchemy: an open connection must not keep the program running
        self._to_begin: str | None = None
        self._may_be_open = False

    def begin(self, statement: str) -> None:
        """Begin a transaction together with the next statement."""
        self._to_begin = statement

    def cursor(self) -> "Cursor":  # pyright: ignore[reportIncompatibleMethodOverride] - as SQLAlchemy uses it
        """Return a cursor, without a turn of the thread."""
        return Cursor(self)

    async def turn(self, sql: str, parameters: Sequence[Any], *, many: bool = False) -> _Outcome:
        """Execute the pending BEGIN and a statement, and fetch its rows."""
        begin, self._to_begin = self._to_begin, None
        self._may_be_open = True  # also if this is cancelled or fails
        outcome: _Outcome = await self._execute(_run, self._conn, begin, sql, parameters, many)  # pyright: ignore[reportUnknownMemberType]
        self._may_be_open = outcome.in_transaction
        return outcome

    async def commit(self) -> None:
        """Commit if a transaction may be open."""
        self._to_begin = None
        if self._may_be_open:
            await super().commit()
            self._may_be_open = False

    async def rollback(self) -> None:
        """Roll back if a transaction may be open."""
        self._to_begin = None
        if self._may_be_open:
            await super().rollback()
            self._may_be_open = False


class Cursor:
    """A cursor as far as SQLAlchemy needs one."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._rows: list[Any] = []
        self.description: Description | None = None
        self.rowcount = -1
        self.lastrowid: int | None = None
        self.arraysize = 1

    async def __aenter__(self) -> "Cursor":
        return self

    async def execute(self, sql: str, parameters: Sequence[Any] = ()) -> None:
        """Execute a statement and fetch its rows."""
        self._take(await self._connection.turn(sql, parameters))

    async def executemany(self, sql: str, parameters: Sequence[Any]) -> None:
        """Execute a statement with each of these parameters."""
        self._take(await self._connection.turn(sql, parameters, many=True))

    async def fetchall(self) -> list[Any]:
        """Return the rows, which are fetched already."""
        return self._rows

    async def close(self) -> None:
        """Do nothing: nothing is kept open."""

    def _take(self, outcome: _Outcome) -> None:
        self._rows, self.description, self.rowcount, self.lastrowid, _ = outcome


def _run(
    connection: sqlite3.Connection, begin: str | None, sql: str, parameters: Sequence[Any], many: bool
) -> _Outcome:
    if begin:
        connection.execute(begin)
    cursor = connection.executemany(sql, parameters) if many else connection.execute(sql, parameters)
    rows = cursor.fetchall()
    return _Outcome(rows, cursor.description, cursor.rowcount, cursor.lastrowid, connection.in_transaction)
