"""The lease of each process that works on alerts: feeds and notices of one whose lease has ended are free."""

import secrets

from sqlalchemy import Column, ColumnElement, Exists, String, Table, and_, delete, or_, select

from .columns import UtcDateTime
from .connection import Connection
from .sql import LONGEST_LEASE, DatabaseTime
from .tables import metadata

processes = Table(  # those that read feeds and tell notices, each with the end of its lease
    "processes",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("until", UtcDateTime, nullable=False),
)


class Process:
    """This process and its lease, which ends `lease` seconds after it was last renewed."""

    def __init__(self, *, lease: float) -> None:
        self.id = secrets.token_hex(8)
        self._lease = lease

    async def renew(self, connection: Connection) -> None:
        """Renew the lease."""
        await connection.put(processes, {"id": self.id, "until": DatabaseTime(self._lease)}, unique=["id"])

    async def leave(self, connection: Connection) -> None:
        """End the lease, so that all this process has is free at once."""
        await connection.change(delete(processes).where(processes.c.id == self.id))

    def has(self, owner: Column[str]) -> ColumnElement[bool]:
        """Return the condition that `owner` names this process, whose lease has not ended."""
        return and_(owner == self.id, _lives(owner))


def free(owner: Column[str]) -> ColumnElement[bool]:
    """Return the condition that `owner` names no process whose lease lasts."""
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
