"""A connection of aiosqlite that runs BEGIN, a statement and the fetching of its rows in one turn of its thread.

Each turn wakes a thread and then the event loop, which costs more than a small statement. Plain aiosqlite needs four
turns for a SELECT: to make the cursor, to execute, to fetch and to close.
"""

import sqlite3
from collections.abc import Sequence
from typing import Any, NamedTuple

import aiosqlite

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
