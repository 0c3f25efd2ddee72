"""The statements that SQLite and PostgreSQL spell differently."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import ClauseElement, Dialect, Float, Insert, Table, func, literal, select
from sqlalchemy.dialects import sqlite
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from .columns import UtcDateTime

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql


async def insert_new(
    connection: AsyncConnection, table: Table, values: dict[str, Any], *, unique: str | Sequence[str]
) -> bool:
    """Insert a row; return False if there is one with the same `unique` already."""
    result = await connection.execute(*inserting_new(connection.dialect, table, values, unique=unique))
    return result.rowcount == 1


async def insert_all_new(
    connection: AsyncConnection, table: Table, rows: Sequence[dict[str, Any]], *, unique: Sequence[str]
) -> None:
    """Insert many rows at once, without those that exist already."""
    if rows:
        await connection.execute(_insert(connection.dialect, table).on_conflict_do_nothing(index_elements=unique), rows)


async def put(
    connection: AsyncConnection, table: Table, values: dict[str, Any], *, unique: str | Sequence[str]
) -> None:
    """Insert a row, or overwrite the one with the same `unique`."""
    await connection.execute(*putting(connection.dialect, table, values, unique=unique))


def inserting_new(
    dialect: Dialect, table: Table, values: dict[str, Any], *, unique: str | Sequence[str]
) -> tuple[Insert, dict[str, Any]]:
    """Return a statement that inserts a row if none has the same `unique`, and the values to execute it with."""
    columns = [unique] if isinstance(unique, str) else unique
    computed, given = _apart(values)
    return _insert(dialect, table).values(computed).on_conflict_do_nothing(index_elements=columns), given


def putting(
    dialect: Dialect, table: Table, values: dict[str, Any], *, unique: str | Sequence[str]
) -> tuple[Insert, dict[str, Any]]:
    """Return a statement that inserts or overwrites the row with this `unique`, and the values to execute it with."""
    columns = [unique] if isinstance(unique, str) else unique
    computed, given = _apart(values)
    insert = _insert(dialect, table).values(computed)
    overwritten = {name: insert.excluded[name] for name in values if name not in columns}
    return insert.on_conflict_do_update(index_elements=columns, set_=overwritten), given


def _insert(dialect: Dialect, table: Table) -> "sqlite.Insert | postgresql.Insert":
    if dialect.name == "sqlite":
        return sqlite.insert(table)
    from sqlalchemy.dialects import postgresql  # here, because few bots need it

    return postgresql.insert(table)


def _apart(values: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the values that the database computes, and the plain ones, which are slow to build into a statement."""
    computed = {name: value for name, value in values.items() if isinstance(value, ClauseElement)}
    return computed, {name: value for name, value in values.items() if name not in computed}


async def one_at_a_time(connection: AsyncConnection, number: int, *, patience: float | None = None) -> None:
    """Take a lock on `number`, over all processes, until the transaction ends.

    Waits `patience` seconds instead of the usual time for locks.
    """
    # SQLite has one writer at a time anyway: BEGIN IMMEDIATE has waited for it.
    if connection.dialect.name == "postgresql":
        if patience is not None:
            await connection.execute(select(func.set_config("lock_timeout", f"{patience:.0f}s", True)))
        await connection.execute(select(func.pg_advisory_xact_lock(number)))


async def one_snapshot(connection: AsyncConnection) -> None:
    """Read all of this transaction from one snapshot; must be its first statement."""
    if connection.dialect.name == "postgresql":
        await connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
    # SQLite always does.


LONGEST_LEASE = 600.0  # seconds; a lease that ends later was written before the clock was set back


class DatabaseTime(FunctionElement[datetime]):
    """The database's clock plus some seconds, the one clock that all processes share."""

    type = UtcDateTime()
    inherit_cache = True
    name = "database_time"

    def __init__(self, plus: float = 0.0) -> None:
        super().__init__(literal(plus, Float))


@compiles(DatabaseTime, "sqlite")
def _sqlite_time(element: DatabaseTime, compiler: SQLCompiler, **options: Any) -> str:
    # SQLAlchemy writes six digits of a second, SQLite knows three; with as many digits texts compare as times do.
    seconds = compiler.process(element.clauses, **options)
    return f"strftime('%Y-%m-%d %H:%M:%f000', 'now', {seconds} || ' seconds')"


@compiles(DatabaseTime, "postgresql")
def _postgresql_time(element: DatabaseTime, compiler: SQLCompiler, **options: Any) -> str:
    return f"clock_timestamp() + make_interval(secs => {compiler.process(element.clauses, **options)})"
