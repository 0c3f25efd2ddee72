"""The tables in a file are those the code knows, from whatever version they come."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine

from bot.clips import End, Kind, Stage
from bot.store import Store, StoreError, UnknownVersion, Versions, engine, migrate, open_store, versions
from bot.store.migrate import HEAD, SCRIPTS
from bot.store.tables import metadata
from tests.store.examples import ALICE, KEYRING, NOON, received


def test_the_code_names_the_newest_migration() -> None:
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    assert ScriptDirectory.from_config(config).get_heads() == [HEAD]


async def test_alembic_finds_no_difference_between_migrations_and_code(store: Store) -> None:
    async with store._database.read() as connection:
        assert await connection.run_sync(_differences) == []


async def test_migrations_make_the_very_tables_and_indexes_of_the_code(tmp_path: Path) -> None:
    await migrate(f"sqlite:///{tmp_path}/migrated.db")
    created = create_engine(f"sqlite:///{tmp_path}/created.db")
    metadata.create_all(created)
    created.dispose()
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


async def test_jobs_in_every_stage_come_through_the_migration_of_usb_pictures_and_recent(path: Path, url: str) -> None:
    await _bring_to(path, "0002")
    before = {stage: _of_version_2(path, number, stage) for number, stage in enumerate(Stage, 1)}
    async with open_store(url, KEYRING) as store:
        jobs = {stage: await store.jobs.job(row["id"]) for stage, row in before.items()}
        assert {job.id for job in await store.jobs.live()} == {row["id"] for row in before.values()}
        for stage, row in before.items():
            job = jobs[stage]
            assert job is not None
            assert (job.stage, job.kind, job.reason) == (stage, Kind.CLIP, None)
            assert (job.pictured, job.missed, job.usb_at, job.shrunk_from) == (False, False, None, None)
            assert (job.asked, job.user_id, job.command_id) == (row["asked"], ALICE, row["command_id"])
            assert (job.target is None) is (stage is Stage.RECEIVED)
            assert job.target is None or job.target.video_likely
        assert await store.jobs.missed(ALICE) == []
        looking = jobs[Stage.LOOKING]
        assert looking is not None
        usb = {"usb_name": "FrontDoor", "usb_at": NOON}
        assert await store.jobs.claim_media(looking, looking.moved(Stage.FETCHING, **usb))
        ended = jobs[Stage.FETCHING]
        assert ended is not None
        done = ended.ended(End.DELIVERED, missed=True, told_at=NOON)
        await store.jobs.save(ended, done)
        assert await store.jobs.missed(ALICE) == [done]
    assert await versions(url) == Versions(stored=HEAD, code=HEAD)


async def _bring_to(path: Path, version: str) -> None:
    """Make a database as a bot of that version has left it."""
    path.parent.mkdir()
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    database = engine.connect(f"sqlite:///{path}")
    try:
        async with database.write() as connection:
            await connection.run_sync(_upgrade, config, version)
    finally:
        await database.close()


def _upgrade(connection: Connection, config: Config, version: str) -> None:
    config.attributes["connection"] = connection
    command.upgrade(config, version)


def _of_version_2(path: Path, number: int, stage: Stage) -> dict[str, Any]:
    """Write a row as version 0002 did, and return it."""
    moment = NOON.strftime("%Y-%m-%d %H:%M:%S.%f")
    row: dict[str, Any] = {
        "id": f"job-{number}",
        "interaction_id": number,
        "user_id": ALICE,
        "asked": f"camera {number}",
        "created_at": moment,
        "stage": stage.value,
        "ending": "delivered" if stage is Stage.ENDED else None,
        "reply_application_id": 1,
        "reply_expires_at": moment,
        "reply_channel_id": 2,
        "reply_ephemeral": 1,
        "reply_in_dm": 0,
        "reply_bot_can_edit": 1,
        "reply_file_limit": 10**7,
        "reply_locale": "en-US",
        "options": "[]",
        "said_message": "",
        "attempts": 0,
        "confirmed": 1,
        "command_id": number,
        "sent_as_dm": 0,
        "dms_closed": 0,
    }
    if stage is not Stage.RECEIVED:
        row |= {"account_id": 5, "camera_kind": "camera", "network_id": number, "camera_id": number}
        row |= {"camera_name": "Front Door", "network_name": "Home", "usb": "active"}
    with closing(sqlite3.connect(path, isolation_level=None)) as older:
        marks = ", ".join("?" for _ in row)
        older.execute(f"INSERT INTO clip_jobs ({', '.join(row)}) VALUES ({marks})", tuple(row.values()))  # noqa: S608
    return row


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
