"""A bot's database looked into and changed from outside, whichever it is."""

import sqlite3
import tempfile
from contextlib import closing
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, Protocol

from bot.store import migrate

from .waiting import in_thread

ENGINES = ("sqlite", "postgresql")


class Outside(Protocol):
    """What a test may do with a database behind the bot's back; `?` stands for a value."""

    @property
    def url(self) -> str: ...

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]: ...

    def execute(self, statement: str, *values: Any) -> None: ...


class SqliteFile:
    """A SQLite database."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def url(self) -> str:
        return f"sqlite:///{self.path}"

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(self.path)) as connection:
            return connection.execute(query, values).fetchall()

    def execute(self, statement: str, *values: Any) -> None:
        with closing(sqlite3.connect(self.path)) as connection, connection:
            connection.execute(statement, [_as_stored(value) for value in values])


def with_tables(path: Path) -> SqliteFile:
    """Return a new SQLite database whose tables are there already: to make them takes longer than most tests."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.write_bytes(_tables())
    return SqliteFile(path)


@cache
def _tables() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "tables.db")
        in_thread(lambda: migrate(f"sqlite:///{path}"))
        return path.read_bytes()


def _as_stored(value: Any) -> Any:
    """Return a moment as SQLAlchemy keeps it there."""
    return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f") if isinstance(value, datetime) else value


def without_live_views(database: Outside) -> None:
    """Leave the jobs' table as it was before live views."""
    for index in ("uq_clip_jobs_live", "ix_clip_jobs_live_view", "ix_clip_jobs_used"):
        database.execute(f"DROP INDEX {index}")
    for column in ("seconds_wished", "live_seconds", "live_because", "live_starts", "live_began_at", "live_silent"):
        database.execute(f"ALTER TABLE clip_jobs DROP COLUMN {column}")
