"""What a transaction can do on a database of either kind; both spell locks, snapshots and the clock differently.

SQLAlchemy's own connection executes the statements, and caches how each is spelt. To compile each once by ourselves
would be quicker, but then each needs a name, and parameters for its values.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    ClauseElement,
    Column,
    ColumnElement,
    Connection,
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
from sqlalchemy.dialects import sqlite
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from .columns import UtcDateTime

if TYPE_CHECKING:  # only PostgreSQL needs it
    from sqlalchemy.dialects import postgresql

LONGEST_LEASE = 600.0  # seconds; what the clock puts further ahead was written before it was set back

# The values with which a statement is executed, of columns that it does not set itself; several for several rows.
Values = Mapping[str, Any] | Sequence[Mapping[str, Any]] | None


class Transaction:
    """Executes the statements of one transaction, away from the event loop, which goes on meanwhile."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._on_sqlite = connection.dialect.name == "sqlite"

    def rows(self, statement: Executable, values: Values = None) -> Sequence[RowMapping]:
        """Return the rows that a statement finds, or those of its RETURNING."""
        return self.connection.execute(statement, values).mappings().all()

    def row(self, statement: Executable) -> RowMapping | None:
        """Return the first row that a statement finds, or None."""
        return self.connection.execute(statement).mappings().first()

    def tuples(self, statement: Executable) -> list[tuple[Any, ...]]:
        """Return the rows that a statement finds, without the names of their columns."""
        return [tuple(row) for row in self.connection.execute(statement)]

    def scalars(self, statement: Executable) -> list[Any]:
        """Return the first value of each row that a statement finds."""
        return list(self.connection.execute(statement).scalars())

    def scalar(self, statement: Executable) -> Any:
        """Return the first value of the first row that a statement finds, or None."""
        return self.connection.execute(statement).scalar()

    def change(self, statement: Executable, values: Values = None) -> int:
        """Execute a statement and return the number of rows that it changed."""
        return self.connection.execute(statement, values).rowcount

    def insert_new(self, table: Table, values: dict[str, Any], *, unique: list[str]) -> bool:
        """Insert a row; return False if there is one with the same `unique` already."""
        computed, given = _apart(values)
        insert = self._insert(table).values(computed).on_conflict_do_nothing(index_elements=unique)
        return self.change(insert, given) == 1

    def insert_all_new(self, table: Table, rows: Sequence[dict[str, Any]], *, unique: list[str]) -> None:
        """Insert many rows at once, without those that exist already."""
        if rows:
            self.change(self._insert(table).on_conflict_do_nothing(index_elements=unique), rows)

    def put(self, table: Table, values: dict[str, Any], *, unique: list[str]) -> None:
        """Insert a row, or write over the one with the same `unique`."""
        computed, given = _apart(values)
        insert = self._insert(table).values(computed)
        overwritten = {name: insert.excluded[name] for name in values if name not in unique}
        self.change(insert.on_conflict_do_update(index_elements=unique, set_=overwritten), given)

    def one_at_a_time(self, *numbers: int, patience: float | None = None) -> None:
        """Take a lock on each number, over all processes, until the transaction ends.

        Waits `patience` seconds instead of the usual time for locks.
        """
        if self._on_sqlite:  # it has one writer at a time anyway: BEGIN IMMEDIATE has waited for it
            return
        if patience is not None:
            self.scalar(select(func.set_config("lock_timeout", f"{patience:.0f}s", True)))
        for number in sorted(set(numbers)):  # in one order, or two transactions could wait for each other
            self.scalar(select(func.pg_advisory_xact_lock(number)))

    def one_snapshot(self) -> None:
        """Read all of this transaction from one snapshot; must be its first statement."""
        if not self._on_sqlite:  # which always does
            self.change(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))

    def _insert(self, table: Table) -> "sqlite.Insert | postgresql.Insert":
        if self._on_sqlite:
            return sqlite.insert(table)
        from sqlalchemy.dialects import postgresql

        return postgresql.insert(table)


def _apart(values: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the values that the database computes, and the plain ones, which are slow to build into a statement."""
    computed = {name: value for name, value in values.items() if isinstance(value, ClauseElement)}
    return computed, {name: value for name, value in values.items() if name not in computed}


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
