"""Sealing everything anew with the first key, while the bot goes on."""

from typing import Any

from sqlalchemy import Column, ColumnElement, Table, and_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from .engine import Database
from .sealing import Keyring
from .tables import accounts, clip_jobs, meta

CANARY = "canary"  # sealed when the database is new: if it does not open, nothing else will

_SEALED: tuple[tuple[Table, Column[Any], tuple[str, ...]], ...] = (
    (accounts, accounts.c.user_id, ("access_token", "refresh_token")),
    (clip_jobs, clip_jobs.c.id, ("reply_token",)),
    (meta, meta.c.key, ("value",)),
)


async def rotate(database: Database, keyring: Keyring) -> int:
    """Seal every secret with the first key and return how many there were; raises WrongKey.

    A value that changes meanwhile is left: whoever wrote it has sealed it with the first key already.
    """
    count = 0
    for table, key, columns in _SEALED:
        for name in columns:
            count += await _rotate_column(database, keyring, table, key, name)
    return count


async def open_all(connection: AsyncConnection, keyring: Keyring) -> int:
    """Open every secret and return how many there were; raises WrongKey."""
    count = 0
    for table, key, columns in _SEALED:
        for name in columns:
            rows = await connection.execute(select(key, table.c[name]).where(_wanted(table, key, name)))
            for row, sealed in rows:
                keyring.open(sealed, table=table.name, column=name, row=row)
                count += 1
    return count


def _wanted(table: Table, key: Column[Any], name: str) -> ColumnElement[bool]:
    return and_(table.c[name].is_not(None), *([key == CANARY] if table is meta else []))


async def _rotate_column(database: Database, keyring: Keyring, table: Table, key: Column[Any], name: str) -> int:
    column = table.c[name]
    async with database.read() as connection:
        rows = (await connection.execute(select(key, column).where(_wanted(table, key, name)))).all()
    for row, sealed in rows:
        place: dict[str, Any] = {"table": table.name, "column": name, "row": row}
        fresh = keyring.seal(keyring.open(sealed, **place), **place)
        async with database.write() as connection:
            await connection.execute(update(table).where(key == row, column == sealed).values({name: fresh}))
    return len(rows)
