"""Executing statements on a database of either kind, each alone or several as one transaction.

SQLAlchemy's own connection executes them, in a thread (SQLite) or in a greenlet (PostgreSQL), and caches how each is
spelt. To compile each once by ourselves would be quicker, but then each needs a name, and parameters for its values.
Both kinds spell locks, snapshots and the clock differently.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import (
    ClauseElement,
    Column,
    ColumnElement,
    Dialect,
    Executable,
    Float,
    RowMapping,
    Table,
    func,
    literal,
    or_,
    select,
    text,
)
from sqlalchemy import Connection as SyncConnection
from sqlalchemy.dialects import sqlite
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from .columns import UtcDateTime

if TYPE_CHECKING:  # only PostgreSQL needs them, and SQLAlchemy's asyncio loads its ORM
    from sqlalchemy.dialects import postgresql
    from sqlalchemy.ext.asyncio import AsyncConnection

    from .sqlite import Connection as SqliteConnection

    Driver = AsyncConnection | SqliteConnection

T = TypeVar("T")

LONGEST_LEASE = 600.0  # seconds; what the clock puts further ahead was written before it was set back

# The values with which a statement is executed, of columns that it does not set itself; several for several rows.
Values = Mapping[str, Any] | Sequence[Mapping[str, Any]] | None


class Statements(ABC):
    """What executes statements."""

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect

    @abstractmethod
    async def rows(self, statement: Executable, values: Values = None) -> Sequence[RowMapping]:
        """Return the rows that a statement finds."""

    @abstractmethod
    async def change(self, statement: Executable, values: Values = None) -> int:
        """Execute a statement and return the number of rows that it changed."""

    async def row(self, statement: Executable) -> RowMapping | None:
        """Return the first row that a statement finds, or None."""
        return next(iter(await self.rows(statement)), None)

    async def tuples(self, statement: Executable) -> list[tuple[Any, ...]]:
        """Return the rows that a statement finds, without the names of their columns."""
        return [tuple(row.values()) for row in await self.rows(statement)]

    async def scalars(self, statement: Executable) -> list[Any]:
        """Return the first value of each row that a statement finds."""
        return [value for value, *_ in await self.tuples(statement)]

    async def scalar(self, statement: Executable) -> Any:
        """Return the first value of the first row that a statement finds, or None."""
        return next(iter(await self.scalars(statement)), None)

    async def insert_new(self, table: Table, values: dict[str, Any], *, unique: list[str]) -> bool:
        """Insert a row; return False if there is one with the same `unique` already."""
        return await self.change(*self.new_row(table, values, unique=unique)) == 1

    def new_row(
        self, table: Table, values: dict[str, Any], *, unique: list[str]
    ) -> tuple[Executable, Mapping[str, Any]]:
        """Return the statement that inserts a row unless there is one with the same `unique`, and its values."""
        computed, given = _apart(values)
        return self._insert(table).values(computed).on_conflict_do_nothing(index_elements=unique), given

    async def insert_all_new(self, table: Table, rows: Sequence[dict[str, Any]], *, unique: list[str]) -> None:
        """Insert many rows at once, without those that exist already."""
        if rows:
            await self.change(self._insert(table).on_conflict_do_nothing(index_elements=unique), rows)

    async def put(self, table: Table, values: dict[str, Any], *, unique: list[str]) -> None:
        """Insert a row, or write over the one with the same `unique`."""
        computed, given = _apart(values)
        insert = self._insert(table).values(computed)
        overwritten = {name: insert.excluded[name] for name in values if name not in unique}
        await self.change(insert.on_conflict_do_update(index_elements=unique, set_=overwritten), given)

    def _insert(self, table: Table) -> "sqlite.Insert | postgresql.Insert":
        if self.dialect.name == "sqlite":
            return sqlite.insert(table)
        from sqlalchemy.dialects import postgresql

        return postgresql.insert(table)


class Connection(Statements):
    """Executes the statements of one transaction; each is one turn of the driver, which fetches its rows too."""

    def __init__(self, driver: "Driver", dialect: Dialect, *, begin: str | None) -> None:
        """Take what connects, and the SQL to execute together with the first statement."""
        super().__init__(dialect)
        self.driver = driver
        self._begin = begin

    async def run_sync(self, work: Callable[[SyncConnection], T]) -> T:
        """Return what `work` returns for SQLAlchemy's own connection."""
        begin, self._begin = self._begin, None

        def turn(connection: SyncConnection) -> T:
            if begin is not None:
                connection.exec_driver_sql(begin)
            return work(connection)

        return await self.driver.run_sync(turn)

    async def rows(self, statement: Executable, values: Values = None) -> Sequence[RowMapping]:
        """Return the rows that a statement finds, or those of its RETURNING."""
        return await self.run_sync(lambda connection: connection.execute(statement, values).mappings().all())

    async def change(self, statement: Executable, values: Values = None) -> int:
        """Execute a statement and return the number of rows that it changed."""
        return await self.run_sync(lambda connection: connection.execute(statement, values).rowcount)


def _apart(values: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the values that the database computes, and the plain ones, which are slow to build into a statement."""
    computed = {name: value for name, value in values.items() if isinstance(value, ClauseElement)}
    return computed, {name: value for name, value in values.items() if name not in computed}


async def one_at_a_time(connection: Connection, *numbers: int, patience: float | None = None) -> None:
    """Take a lock on each number, over all processes, until the transaction ends.

    Waits `patience` seconds instead of the usual time for locks.
    """
    # SQLite has one writer at a time anyway: BEGIN IMMEDIATE has waited for it.
    if connection.dialect.name == "postgresql":
        if patience is not None:
            await connection.scalar(select(func.set_config("lock_timeout", f"{patience:.0f}s", True)))
        for number in sorted(set(numbers)):  # in one order, or two transactions could wait for each other
            await connection.scalar(select(func.pg_advisory_xact_lock(number)))


async def one_snapshot(connection: Connection) -> None:
    """Read all of this transaction from one snapshot; must be its first statement."""
    if connection.dialect.name == "postgresql":
        await connection.change(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))
    # SQLite always does.


class DatabaseTime(FunctionElement[datetime]):
    """The database's clock plus some seconds, the one clock that all processes share."""

    type = UtcDateTime()
    inherit_cache = True
    name = "database_time"

    def __init__(self, plus: float = 0.0) -> None:
        super().__init__(literal(plus, Float))


def has_ended(until: Column[datetime]) -> ColumnElement[bool]:
    """Return the condition that a lease has ended, or was written before the clock was set back."""
    return or_(until <= DatabaseTime(), until > DatabaseTime(LONGEST_LEASE))


@compiles(DatabaseTime, "sqlite")
def _sqlite_time(element: DatabaseTime, compiler: SQLCompiler, **options: Any) -> str:
    # SQLAlchemy writes six digits of a second, SQLite knows three; with as many digits texts compare as times do.
    seconds = compiler.process(element.clauses, **options)
    return f"strftime('%Y-%m-%d %H:%M:%f000', 'now', {seconds} || ' seconds')"


@compiles(DatabaseTime, "postgresql")
def _postgresql_time(element: DatabaseTime, compiler: SQLCompiler, **options: Any) -> str:
    return f"clock_timestamp() + make_interval(secs => {compiler.process(element.clauses, **options)})"
