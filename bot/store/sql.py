"""The few statements that SQLite and PostgreSQL spell differently."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ClauseElement, Dialect, Float, Insert, Table, func, literal, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from .columns import UtcDateTime


async def insert_new(
    connection: AsyncConnection, table: Table, values: dict[str, Any], *, unique: str | Sequence[str]
) -> bool:
    """Insert a row, or return False where one with the same `unique` stands already."""
    result = await connection.execute(*inserting_new(connection.dialect, table, values, unique=unique))
    return result.rowcount == 1


async def insert_all_new(
    connection: AsyncConnection, table: Table, rows: Sequence[dict[str, Any]], *, unique: Sequence[str]
) -> None:
    """Insert many rows in one go, but for those that stand already."""
    if rows:
        await connection.execute(_insert(connection.dialect, table).on_conflict_do_nothing(index_elements=unique), rows)


async def put(
    connection: AsyncConnection, table: Table, values: dict[str, Any], *, unique: str | Sequence[str]
) -> None:
    """Insert a row, or write over the one with the same `unique`."""
    await connection.execute(*putting(connection.dialect, table, values, unique=unique))


def inserting_new(
    dialect: Dialect, table: Table, values: dict[str, Any], *, unique: str | Sequence[str]
) -> tuple[Insert, dict[str, Any]]:
    """Return the statement, and what to execute it with, that inserts a row where none has the same `unique`."""
    columns = [unique] if isinstance(unique, str) else unique
    computed, given = _apart(values)
    return _insert(dialect, table).values(computed).on_conflict_do_nothing(index_elements=columns), given


def putting(
    dialect: Dialect, table: Table, values: dict[str, Any], *, unique: str | Sequence[str]
) -> tuple[Insert, dict[str, Any]]:
    """Return the statement, and what to execute it with, that inserts a row or writes over the one of that `unique`."""
    columns = [unique] if isinstance(unique, str) else unique
    computed, given = _apart(values)
    insert = _insert(dialect, table).values(computed)
    overwritten = {name: insert.excluded[name] for name in values if name not in columns}
    return insert.on_conflict_do_update(index_elements=columns, set_=overwritten), given


def _insert(dialect: Dialect, table: Table) -> sqlite.Insert | postgresql.Insert:
    return postgresql.insert(table) if dialect.name == "postgresql" else sqlite.insert(table)


def _apart(values: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what the database is to compute, and what a statement is executed with: built into it, that is slow."""
    computed = {name: value for name, value in values.items() if isinstance(value, ClauseElement)}
    return computed, {name: value for name, value in values.items() if name not in computed}


async def one_at_a_time(connection: AsyncConnection, number: int, *, patience: float | None = None) -> None:
    """Let only one transaction at a time past this point for `number`, over all processes.

    `patience` is how many seconds to wait, where that is longer than for any other lock.
    """
    # SQLite has one writer at a time anyway: BEGIN IMMEDIATE has waited for it.
    if connection.dialect.name == "postgresql":
        if patience is not None:
            await connection.execute(select(func.set_config("lock_timeout", f"{patience:.0f}s", True)))
        await connection.execute(select(func.pg_advisory_xact_lock(number)))


async def one_snapshot(connection: AsyncConnection) -> None:
    """Let all that this transaction reads be of one moment; the first statement in it."""
    if connection.dialect.name == "postgresql":
        await connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
    # On SQLite it is so anyway.


LONGEST_LEASE = 600.0  # seconds; one that ends later is from before the clock was set back


class DatabaseTime(FunctionElement[datetime]):
    """The database's clock plus some seconds: processes on several machines agree on no other."""

    type = UtcDateTime()
    inherit_cache = True
    name = "database_time"

    def __init__(self, plus: float = 0.0) -> None:
        super().__init__(literal(plus, Float))


@compiles(DatabaseTime, "sqlite")
def _sqlite_time(element: DatabaseTime, compiler: SQLCompiler, **options: Any) -> str:
    # As SQLAlchemy writes a moment there: six digits, so that texts compare as times do; SQLite itself knows three.
    seconds = compiler.process(element.clauses, **options)
    return f"strftime('%Y-%m-%d %H:%M:%f000', 'now', {seconds} || ' seconds')"


@compiles(DatabaseTime, "postgresql")
def _postgresql_time(element: DatabaseTime, compiler: SQLCompiler, **options: Any) -> str:
    return f"clock_timestamp() + make_interval(secs => {compiler.process(element.clauses, **options)})"
