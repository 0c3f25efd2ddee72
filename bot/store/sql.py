"""Locks, snapshots and the clock, which SQLite and PostgreSQL spell differently."""

from datetime import datetime
from typing import Any

from sqlalchemy import Float, func, literal, select, text
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from .columns import UtcDateTime
from .connection import Connection


async def one_at_a_time(connection: Connection, number: int, *, patience: float | None = None) -> None:
    """Take a lock on `number`, over all processes, until the transaction ends.

    Waits `patience` seconds instead of the usual time for locks.
    """
    # SQLite has one writer at a time anyway: BEGIN IMMEDIATE has waited for it.
    if connection.dialect.name == "postgresql":
        if patience is not None:
            await connection.scalar(select(func.set_config("lock_timeout", f"{patience:.0f}s", True)))
        await connection.scalar(select(func.pg_advisory_xact_lock(number)))


async def one_snapshot(connection: Connection) -> None:
    """Read all of this transaction from one snapshot; must be its first statement."""
    if connection.dialect.name == "postgresql":
        await connection.change(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))
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
