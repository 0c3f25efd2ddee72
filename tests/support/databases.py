"""A bot's database looked into and changed from outside, whichever it is."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, Protocol

from bot.store import migrate

from .once import once
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
        self._kept: sqlite3.Connection | None = None

    @contextmanager
    def kept(self) -> Iterator["SqliteFile"]:
        """Keep one connection open meanwhile: a new one first reads how all tables look, for as long as 100 looks."""
        with closing(sqlite3.connect(self.path, check_same_thread=False)) as self._kept:
            yield self
        self._kept = None

    @property
    def url(self) -> str:
        return f"sqlite:///{self.path}"

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        if self._kept:
            return self._kept.execute(query, values).fetchall()
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
    return once("tables.db", lambda path: in_thread(lambda: migrate(f"sqlite:///{path}"))).read_bytes()


def _as_stored(value: Any) -> Any:
    """Return a moment as SQLAlchemy keeps it there."""
    return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f") if isinstance(value, datetime) else value


def without_health(database: Outside) -> None:
    """Leave the tables as they were before the health of cameras."""
    for table in ("health_looks", "camera_health", "health_told"):
        database.execute(f"DROP TABLE {table}")
    database.execute("DROP INDEX ix_watchers_health")
    columns = {
        "people": ("locale",),
        "watchers": ("cameras", "health"),
        "alerts": ("zone",),
        "notices": ("role_id", "mentioned_at", "health"),
    }
    for table, names in columns.items():
        for name in names:
            database.execute(f"ALTER TABLE {table} DROP COLUMN {name}")


def without_live_views(database: Outside) -> None:
    """Leave the jobs' table as it was before live views and rounds."""
    for index in ("uq_clip_jobs_live", "ix_clip_jobs_live_view", "ix_clip_jobs_admitted"):
        database.execute(f"DROP INDEX {index}")
    live = ("seconds_wished", "live_seconds", "live_because", "live_starts", "live_began_at", "live_silent")
    for column in (*live, "round"):
        database.execute(f"ALTER TABLE clip_jobs DROP COLUMN {column}")


def without_later_indexes(database: Outside) -> None:
    """Leave the tables without the indexes that came after live views."""
    jobs = [f"ix_clip_jobs_{name}" for name in ("person", "lender", "told", "tokens", "refused")]
    for index in (*jobs, "ix_alerts_happened", "ix_notices_told", "ix_notices_mentioned"):
        database.execute(f"DROP INDEX {index}")
