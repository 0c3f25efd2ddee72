"""The tables in a file are those the code knows, from whatever version they come."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine

from bot.store import Store, StoreError, UnknownVersion, Versions, migrate, open_store, versions
from bot.store.migrate import HEAD, SCRIPTS
from bot.store.tables import metadata
from tests.store.examples import KEYRING, received


def test_the_code_names_the_newest_migration() -> None:
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    assert ScriptDirectory.from_config(config).get_heads() == [HEAD]


async def test_alembic_finds_no_difference_between_migrations_and_code(store: Store) -> None:
    async with store._database.read() as connection:
        assert await connection.run_sync(_differences) == []


async def test_migrations_make_the_very_tables_and_indexes_of_the_code(tmp_path: Path) -> None:
    await migrate(f"sqlite:///{tmp_path}/migrated.db")
    engine = create_engine(f"sqlite:///{tmp_path}/created.db")
    metadata.create_all(engine)
    engine.dispose()
    migrated = _schema(tmp_path / "migrated.db")
    assert migrated.pop("alembic_version")
    assert migrated == _schema(tmp_path / "created.db")


async def test_the_stored_version_and_the_codes_are_told_without_touching_anything(path: Path, url: str) -> None:
    assert await versions(url) == Versions(stored=None, code=HEAD)
    assert not path.parent.exists()
    await migrate(url)
    assert await versions(url) == Versions(stored=HEAD, code=HEAD)
    assert (await versions(url)).current


async def test_migrating_twice_changes_nothing(path: Path, url: str) -> None:
    await migrate(url)
    before = _schema(path)
    await migrate(url)
    assert _schema(path) == before


async def test_an_empty_file_is_a_new_database(path: Path, url: str) -> None:
    _make_empty(path)
    async with open_store(url, KEYRING) as store:
        await received(store)


async def test_a_database_of_a_newer_bot_is_left_as_it_is(path: Path, url: str) -> None:
    await migrate(url)
    with closing(sqlite3.connect(path, isolation_level=None)) as newer:
        newer.execute("UPDATE alembic_version SET version_num = '9999'")
    before = _schema(path)
    with pytest.raises(UnknownVersion) as refused:
        async with open_store(url, KEYRING):
            pytest.fail("it opened")
    assert str(refused.value) == (
        f"The database {path} was last used by a newer version of the bot (its tables are of version 9999,"
        f" this one knows up to {HEAD}): start that version, or restore a backup."
    )
    assert _schema(path) == before


async def test_a_migration_that_fails_leaves_no_half_of_itself(path: Path, url: str) -> None:
    _make_empty(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as somebody:
        somebody.execute("CREATE TABLE clip_jobs (of_another_program)")
    before = _schema(path)
    with pytest.raises(StoreError, match="clip_jobs already exists"):
        await migrate(url)
    assert _schema(path) == before


def _make_empty(path: Path) -> None:
    path.parent.mkdir()
    path.touch()


def _differences(connection: object) -> object:
    return compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), metadata)  # type: ignore[arg-type]


def _schema(path: Path) -> dict[str, list[str]]:
    """Return what each table and index is made of; the order of columns, which additions change, means nothing."""
    with closing(sqlite3.connect(path)) as database:
        found = database.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL")
        return {name: sorted(" ".join(part.split()).strip("( )") for part in sql.split(",")) for name, sql in found}
