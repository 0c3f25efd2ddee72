"""Compile each SQL statement once for all engines of a test run.

An engine keeps what it has compiled, and each test opens new ones: without this, two fifths of a run's CPU go into
compiling the same statements (docs.sqlalchemy.org, "SQL Compilation Caching").
"""

from typing import Any

from sqlalchemy import Connection, Engine, event


class _Compiled(dict[Any, Any]):
    """What was compiled, by statement and kind of database: SQLAlchemy's own key begins with the engine's dialect."""

    def get(self, key: Any, default: Any = None) -> Any:
        return super().get((key[0].name, *key[1:]), default)

    def __setitem__(self, key: Any, compiled: Any) -> None:
        super().__setitem__((key[0].name, *key[1:]), compiled)


_COMPILED = _Compiled()


def share() -> None:
    """Let all engines of this process share what they compile."""
    event.listen(Engine, "engine_connect", _use_shared)


def _use_shared(connection: Connection) -> None:
    connection.execution_options(compiled_cache=_COMPILED)
