"""Copying everything from one database to another, of either kind."""

from typing import Any

from sqlalchemy import Table, func, insert, select, tuple_

from .alert_tables import processes
from .connection import Connection, one_at_a_time, one_snapshot
from .engine import Database, connect, name_of, parse
from .errors import NotMoved, WrongKey
from .migrate import LOCK, bring_up_to_date, versions
from .secrets import Keyring, open_all
from .tables import meta, metadata

# The leases of processes are not copied: they work on the other database.
_MOVED = [table for table in metadata.sorted_tables if table is not processes]
_BATCH = 500
_WAIT = 60.0


async def copy_database(source: str, target: str, keyring: Keyring) -> dict[str, int]:
    """Copy every row of `source` into `target`, and return the number of rows in each table; raises StoreError.

    Copies all or nothing. A bot may have opened the target before, but it must hold no person and no clip. Writes to
    the source during the copy are left out.
    """
    await _check_source(source)
    origin, copy = connect(source), connect(target)
    try:
        await bring_up_to_date(copy)
        async with origin.read(patience=None) as reading, copy.write(patience=None) as writing:
            with origin.our_errors():
                await one_snapshot(reading)
            await one_at_a_time(writing, LOCK, patience=_WAIT)
            await _empty(writing, copy)
            counts = {table.name: await _copy(table, origin, reading, writing) for table in _MOVED}
            await _compare(counts, origin, reading, writing)
            await _open(writing, keyring, copy)
        return counts
    finally:
        await origin.close()
        await copy.close()


async def _check_source(address: str) -> None:
    found, name = await versions(address), name_of(parse(address))
    if found.stored is None:
        raise NotMoved(f"There is nothing to copy: no bot has used the database {name}.")
    if not found.current:
        raise NotMoved(
            f"The tables of the database {name} are of version {found.stored} and not {found.code}: bring them up to"
            " date with `python -m bot migrate` and this DATABASE_URL first."
        )


async def _empty(connection: Connection, database: Database) -> None:
    """Check that there is no data, and delete what belongs to the target's own installation; raises NotMoved."""
    for table in _MOVED:
        if table is not meta and await _count(table, connection):
            raise NotMoved(f"The database {database.name} is not empty ({table.name}): name one that holds nothing.")
    await connection.change(meta.delete())
    await connection.change(processes.delete())


async def _copy(table: Table, origin: Database, source: Connection, target: Connection) -> int:
    """Copy one table in batches by its key, and return the number of rows."""
    key = list(table.primary_key.columns)
    count, last = 0, None
    while True:
        batch = select(table).order_by(*key).limit(_BATCH)
        if last is not None:
            batch = batch.where(tuple_(*key) > tuple_(*last))
        with origin.our_errors():
            rows: list[dict[str, Any]] = [dict(row) for row in await source.rows(batch)]
        if not rows:
            return count
        await target.change(insert(table), rows)
        count += len(rows)
        last = [rows[-1][column.name] for column in key]


async def _compare(counts: dict[str, int], origin: Database, source: Connection, target: Connection) -> None:
    for table in _MOVED:
        with origin.our_errors():
            there = await _count(table, source)
        here = await _count(table, target)
        if not there == here == counts[table.name]:
            raise NotMoved(f"Of {there} rows in {table.name}, {here} would have arrived: nothing was copied.")


async def _count(table: Table, connection: Connection) -> int:
    return await connection.scalar(select(func.count()).select_from(table)) or 0


async def _open(connection: Connection, keyring: Keyring, database: Database) -> None:
    try:
        await open_all(connection, keyring)
    except WrongKey as error:
        raise NotMoved(f"Nothing was copied to {database.name}: {error}") from None
