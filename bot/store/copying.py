"""Copying everything from one database to another, of either kind."""

from functools import partial
from typing import Any, TypeVar

from sqlalchemy import Table, func, insert, select, tuple_

from .alert_tables import processes
from .engine import Database, OpenTransaction, Work, connect, name_of, parse
from .errors import NotMoved, WrongKey
from .migrate import LOCK, bring_up_to_date, versions
from .secrets import Keyring, open_all
from .tables import meta, metadata
from .transaction import Transaction

# The leases of processes are not copied: they work on the other database.
T = TypeVar("T")

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
        async with origin.transaction(writes=False) as reading, copy.transaction(writes=True) as writing:
            from_there = _SourceDatabase(origin, reading)
            await from_there.run(Transaction.one_snapshot)
            await writing.run(partial(_empty, name=copy.name))
            counts = {table.name: await _copy(table, from_there, writing) for table in _MOVED}
            await _compare(counts, from_there, writing)
            await writing.run(partial(_open, keyring=keyring, name=copy.name))
        return counts
    finally:
        await origin.close()
        await copy.close()


class _SourceDatabase:
    """The transaction that reads; its failures tell of its own database, not of the target."""

    def __init__(self, database: Database, opened: OpenTransaction) -> None:
        self._database = database
        self._opened = opened

    async def run(self, work: Work[T]) -> T:
        """Return what `work` returns of the transaction."""
        with self._database.our_errors():
            return await self._opened.run(work)


async def _check_source(address: str) -> None:
    found, name = await versions(address), name_of(parse(address))
    if found.stored is None:
        raise NotMoved(f"There is nothing to copy: no bot has used the database {name}.")
    if not found.current:
        raise NotMoved(
            f"The tables of the database {name} are of version {found.stored} and not {found.code}: bring them up to"
            " date with `python -m bot migrate` and this DATABASE_URL first."
        )


def _empty(transaction: Transaction, *, name: str) -> None:
    """Check that there is no data, and delete what belongs to the target's own installation; raises NotMoved."""
    transaction.one_at_a_time(LOCK, patience=_WAIT)
    for table in _MOVED:
        if table is not meta and _count(transaction, table):
            raise NotMoved(f"The database {name} is not empty ({table.name}): name one that holds nothing.")
    transaction.change(meta.delete())
    transaction.change(processes.delete())


async def _copy(table: Table, source: _SourceDatabase, target: OpenTransaction) -> int:
    """Copy one table in batches by its key, and return the number of rows."""
    key = list(table.primary_key.columns)
    count, last = 0, None
    while True:
        batch = select(table).order_by(*key).limit(_BATCH)
        if last is not None:
            batch = batch.where(tuple_(*key) > tuple_(*last))
        rows: list[dict[str, Any]] = [dict(row) for row in await source.run(partial(Transaction.rows, statement=batch))]
        if not rows:
            return count
        await target.run(partial(Transaction.change, statement=insert(table), values=rows))
        count += len(rows)
        last = [rows[-1][column.name] for column in key]


async def _compare(counts: dict[str, int], source: _SourceDatabase, target: OpenTransaction) -> None:
    for table in _MOVED:
        there = await source.run(partial(_count, table=table))
        here = await target.run(partial(_count, table=table))
        if not there == here == counts[table.name]:
            raise NotMoved(f"Of {there} rows in {table.name}, {here} would have arrived: nothing was copied.")


def _count(transaction: Transaction, table: Table) -> int:
    return transaction.scalar(select(func.count()).select_from(table)) or 0


def _open(transaction: Transaction, *, keyring: Keyring, name: str) -> None:
    try:
        open_all(transaction, keyring)
    except WrongKey as error:
        raise NotMoved(f"Nothing was copied to {name}: {error}") from None
