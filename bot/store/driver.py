"""aiosqlite's connection, where a statement, its BEGIN before it and its rows take one turn of its thread.

Each turn wakes a thread and then the event loop, which costs more than a small statement does; by itself aiosqlite
takes four for a SELECT: one each to make the cursor, execute, fetch and close.
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
    """A connection for SQLAlchemy, which says itself when transactions begin: with `isolation_level` None."""

    def __init__(self, path: str, **options: Any) -> None:
        super().__init__(lambda: sqlite3.connect(path, **options), 64)
        self._thread.daemon = True  # as SQLAlchemy has it, so that one that was never closed lets the program end
        self._to_begin: str | None = None
        self._may_be_open = False

    def begin(self, statement: str) -> None:
        """Begin a transaction together with the next statement."""
        self._to_begin = statement

    def cursor(self) -> "Cursor":  # pyright: ignore[reportIncompatibleMethodOverride] - as SQLAlchemy uses it
        """Return a cursor, which takes no turn yet."""
        return Cursor(self)

    async def turn(self, sql: str, parameters: Sequence[Any], *, many: bool = False) -> _Outcome:
        """Execute a statement, after the BEGIN that waits for it, and fetch its rows."""
        begin, self._to_begin = self._to_begin, None
        self._may_be_open = True  # also where this is cancelled or fails
        outcome: _Outcome = await self._execute(_run, self._conn, begin, sql, parameters, many)  # pyright: ignore[reportUnknownMemberType]
        self._may_be_open = outcome.in_transaction
        return outcome

    async def commit(self) -> None:
        """Commit, where there is anything to."""
        self._to_begin = None
        if self._may_be_open:
            await super().commit()
            self._may_be_open = False

    async def rollback(self) -> None:
        """Roll back, where there is anything to."""
        self._to_begin = None
        if self._may_be_open:
            await super().rollback()
            self._may_be_open = False


class Cursor:
    """What SQLAlchemy needs of a cursor."""

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
        """Return the rows, which are here already."""
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
