"""Bringing a database's tables to the version of this code; Alembic is loaded only if they have another."""

import logging
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, inspect, text

from . import engine
from .engine import Database
from .errors import UnknownVersion
from .transaction import Transaction

_log = logging.getLogger(__name__)

HEAD = "0014"
LOCK = -1  # one_at_a_time's other numbers are user ids
SCRIPTS = Path(__file__).parent / "migrations"
_PATIENCE = 600.0  # seconds for large tables, or for another process that migrates


@dataclass(frozen=True, slots=True)
class Versions:
    """The version of the stored tables, None if there are none, and the version that this code needs."""

    stored: str | None
    code: str

    @property
    def current(self) -> bool:
        """Whether both versions are the same."""
        return self.stored == self.code

    @property
    def behind(self) -> bool:
        """Whether the tables are from an older version of the bot; versions are numbers of four digits."""
        return self.stored is not None and self.stored < self.code


async def migrate(database_url: str) -> None:
    """Bring the tables of a database up to date; raises StoreError."""
    database = engine.connect(database_url)
    try:
        await bring_up_to_date(database)
    finally:
        await database.close()


async def versions(database_url: str) -> Versions:
    """Return the stored version and the code's, without creating a file or table; raises StoreError."""
    url = engine.parse(database_url)
    if url.drivername == "sqlite" and not engine.sqlite_path(url).exists():
        return Versions(None, HEAD)
    database = engine.connect(database_url)
    try:
        return Versions(await database.read(_stored), HEAD)
    finally:
        await database.close()


async def is_current(database: Database) -> bool:
    """Say whether the stored tables have the version that this code needs; raises StoreError."""
    return await database.read(_stored) == HEAD


async def bring_up_to_date(database: Database) -> None:
    """Run all missing migrations in one transaction; raises StoreError."""
    if await is_current(database):
        return

    def migrate(transaction: Transaction) -> None:
        transaction.one_at_a_time(LOCK, patience=_PATIENCE)
        stored = _stored(transaction)  # another process may have migrated meanwhile
        if stored != HEAD:
            _upgrade(transaction.connection, stored, database.name)

    async with database.transaction(writes=True, patience=_PATIENCE) as opened:
        await opened.run(migrate)


def _stored(transaction: Transaction) -> str | None:
    if not inspect(transaction.connection).has_table("alembic_version"):
        return None
    return transaction.scalar(text("SELECT version_num FROM alembic_version"))


def _upgrade(connection: Connection, stored: str | None, name: str) -> None:
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    config.attributes["connection"] = connection
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if stored is not None and stored not in known:
        raise UnknownVersion(
            f"The database {name} was last used by a newer version of the bot (its tables are of version {stored},"
            f" this one knows up to {HEAD}): start that version, or restore a backup."
        )
    command.upgrade(config, HEAD)
    _log.info("the tables of %s are now of version %s", name, HEAD)
