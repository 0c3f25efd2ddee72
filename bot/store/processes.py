"""Which processes live: what belongs to one that gives no sign any more is free for the others."""

import secrets

from sqlalchemy import Column, ColumnElement, Exists, and_, delete, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from .engine import Database
from .sql import LONGEST_LEASE, DatabaseTime, put
from .tables import processes


class Process:
    """This process as the others know it, which lives for `lease` seconds after each sign; one row says so for all."""

    def __init__(self, *, lease: float) -> None:
        self.id = secrets.token_hex(8)
        self._lease = lease

    async def give_sign(self, connection: AsyncConnection) -> None:
        """Say that this process lives."""
        await put(connection, processes, {"id": self.id, "until": DatabaseTime(self._lease)}, unique="id")

    async def leave(self, connection: AsyncConnection) -> None:
        """Say that this process lives no longer, so that all it has is free at once."""
        await connection.execute(delete(processes).where(processes.c.id == self.id))

    def has(self, owner: Column[str]) -> ColumnElement[bool]:
        """Return the condition that what `owner` names the process of is this one's, and this one lives."""
        return and_(owner == self.id, _lives(owner))


class Shared:
    """A part of the store whose rows belong to one process at a time."""

    def __init__(self, database: Database, process: Process) -> None:
        self._database = database
        self._process = process


def free(owner: Column[str]) -> ColumnElement[bool]:
    """Return the condition that `owner` names no living process."""
    return or_(owner.is_(None), ~_lives(owner))


def _lives(owner: Column[str]) -> Exists:
    return (
        select(processes.c.id)
        .where(
            processes.c.id == owner,
            processes.c.until > DatabaseTime(),
            processes.c.until <= DatabaseTime(LONGEST_LEASE),
        )
        .exists()
    )
