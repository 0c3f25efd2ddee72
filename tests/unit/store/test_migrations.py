"""The tables in a database are those the code knows, from whatever version they come."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, make_url

from bot.models import End, Kind, Stage
from bot.store import Store, StoreError, migrate, open_store, versions
from bot.store.engine import connect
from bot.store.errors import UnknownVersion
from bot.store.migrate import HEAD, SCRIPTS, Versions
from bot.store.tables import metadata
from tests.support.databases import (
    ENGINES,
    Outside,
    SqliteFile,
    without_health,
    without_later_indexes,
    without_live_views,
)
from tests.support.examples import ALICE, KEYRING, NOON, a_share, an_account, followed, received
from tests.support.jobs import with_values
from tests.support.postgres import Postgres, Server


def test_the_code_names_the_newest_migration() -> None:
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    assert ScriptDirectory.from_config(config).get_heads() == [HEAD]


async def test_alembic_finds_no_difference_between_migrations_and_code(store: Store) -> None:
    assert await store.database.read(lambda transaction: _differences(transaction.connection)) == []


async def test_migrations_make_the_very_tables_and_indexes_of_the_code(bare: Outside, tmp_path: Path) -> None:
    await migrate(bare.url)
    migrated = _schema(bare)
    assert migrated.pop("alembic_version")
    migrated.pop("alembic_version_pkc", None)
    if isinstance(bare, SqliteFile):
        bare = SqliteFile(tmp_path / "created.db")
    else:
        bare.execute("DROP SCHEMA public CASCADE")
        bare.execute("CREATE SCHEMA public")
    await _create_all(bare.url)
    assert migrated == _schema(bare)


async def test_the_stored_version_and_the_codes_are_told_without_touching_anything(bare: Outside) -> None:
    assert await versions(bare.url) == Versions(stored=None, code=HEAD)
    if isinstance(bare, SqliteFile):
        assert not bare.path.parent.exists()
    else:
        assert _schema(bare) == {}
    await migrate(bare.url)
    assert await versions(bare.url) == Versions(stored=HEAD, code=HEAD)
    assert (await versions(bare.url)).current


async def test_migrating_twice_changes_nothing(bare: Outside) -> None:
    await migrate(bare.url)
    before = _schema(bare)
    await migrate(bare.url)
    assert _schema(bare) == before


async def test_an_empty_file_is_a_new_database(path: Path) -> None:
    _make_empty(path)
    async with open_store(f"sqlite:///{path}", KEYRING) as store:
        await received(store)


async def test_a_database_of_a_newer_bot_is_left_as_it_is(database: Outside) -> None:
    await migrate(database.url)
    database.execute("UPDATE alembic_version SET version_num = '9999'")
    before = _schema(database)
    with pytest.raises(UnknownVersion) as refused:
        async with open_store(database.url, KEYRING):
            pytest.fail("it opened")
    assert str(refused.value) == (
        f"The database {_name(database)} was last used by a newer version of the bot (its tables are of version 9999,"
        f" this one knows up to {HEAD}): start that version, or restore a backup."
    )
    assert _schema(database) == before


async def test_a_migration_that_fails_leaves_no_half_of_itself(bare: Outside) -> None:
    if isinstance(bare, SqliteFile):
        _make_empty(bare.path)
    bare.execute("CREATE TABLE clip_jobs (of_another_program INTEGER)")
    before = _schema(bare)
    with pytest.raises(StoreError, match=r"clip_jobs\"? already exists"):
        await migrate(bare.url)
    assert _schema(bare) == before


@pytest.fixture(params=ENGINES)
def bare(request: pytest.FixtureRequest, path: Path) -> Iterator[Outside]:
    """A database without a table, or the place for one."""
    if request.param == "sqlite":
        yield SqliteFile(path)
    else:
        server: Server = request.getfixturevalue("postgres_server")
        name = server.create(empty=True)
        yield Postgres(server.url(name))
        server.drop(name)


async def test_jobs_in_every_stage_come_through_the_migration_of_usb_pictures_and_recent(bare: Outside) -> None:
    url = bare.url
    await _bring_to(bare, "0002")
    before = {stage: await _of_version_2(bare, number, stage) for number, stage in enumerate(Stage, 1)}
    async with open_store(url, KEYRING) as store:
        jobs = {stage: await store.jobs.job(row["id"]) for stage, row in before.items()}
        assert {job.id for job in await store.jobs.live()} == {row["id"] for row in before.values()}
        for stage, row in before.items():
            job = jobs[stage]
            assert job is not None
            assert (job.stage, job.request.kind, job.reason) == (stage, Kind.CLIP, None)
            assert (job.result.pictured, job.delivery.undelivered, job.result.usb_at, job.result.shrunk_from) == (
                False,
                False,
                None,
                None,
            )
            assert (job.request.asked, job.request.user_id, job.progress.command_id) == (
                row["asked"],
                ALICE,
                row["command_id"],
            )
            assert (job.target is None) is (stage is Stage.RECEIVED)
            assert job.target is None or job.target.video_likely
        assert await store.jobs.undelivered(ALICE) == []
        await store.jobs.claim()
        looking = jobs[Stage.LOOKING]
        assert looking is not None
        usb = {"usb_name": "FrontDoor", "usb_at": NOON}
        assert await store.jobs.save_unless_taken(looking, with_values(looking.moved(Stage.FETCHING), **usb))
        ended = jobs[Stage.FETCHING]
        assert ended is not None
        await store.accounts.link(an_account())
        done = with_values(ended.ended(End.DELIVERED), undelivered=True, told_at=NOON)
        await store.jobs.save(ended, done)
        assert await store.jobs.undelivered(ALICE) == [done]
    assert await versions(url) == Versions(stored=HEAD, code=HEAD)


async def test_links_clips_and_shares_come_through_the_migration_of_alerts(bare: Outside) -> None:
    await migrate(bare.url)
    async with open_store(bare.url, KEYRING) as store:
        account, given = an_account(ALICE), a_share()
        await store.accounts.link(account)
        await store.shares.give(given, most=1)
        job = await received(store)
    await asyncio.to_thread(_back_to_version_5, bare)
    async with open_store(bare.url, KEYRING) as store:
        assert await store.accounts.accounts() == [account]
        assert await store.shares.given_by(ALICE) == [given]
        assert await store.jobs.live() == [job]
        assert await store.alerts.feeds.keep() == []
        feed = await followed(store)
        assert (feed.owner_id, feed.cursor) == (ALICE, NOON)
    assert await versions(bare.url) == Versions(stored=HEAD, code=HEAD)


def _back_to_version_5(bare: Outside) -> None:
    """Leave what a bot of that version would have left."""
    without_later_indexes(bare)
    without_health(bare)
    for table in ("watchers", "wishes", "feeds", "alerts", "notices", "processes", "grant_refusals", "untold"):
        bare.execute(f"DROP TABLE {table}")
    for column in ("times", "began_at"):
        bare.execute(f"ALTER TABLE grant_uses DROP COLUMN {column}")
    without_live_views(bare)
    bare.execute("UPDATE alembic_version SET version_num = '0005'")


async def test_a_bot_of_the_version_before_still_writes_while_the_new_one_takes_over(bare: Outside) -> None:
    await _bring_to(bare, "0002")
    before = await _of_version_2(bare, 1, Stage.QUEUED)
    await migrate(bare.url)
    await _of_version_2(bare, 2, Stage.RECEIVED)
    await asyncio.to_thread(
        bare.execute, "UPDATE clip_jobs SET stage = ?, attempts = ? WHERE id = ?", "asking", 1, before["id"]
    )
    async with open_store(bare.url, KEYRING) as store:
        found = {job.id: job for job in await store.jobs.claim()}
        assert {job_id: job.stage for job_id, job in found.items()} == {"job-1": Stage.ASKING, "job-2": Stage.RECEIVED}
        assert all(
            (job.request.kind, job.result.pictured, job.delivery.undelivered) == (Kind.CLIP, False, False)
            for job in found.values()
        )
        await asyncio.to_thread(bare.execute, "UPDATE clip_jobs SET stage = ? WHERE id = ?", "looking", before["id"])
        changed = await store.jobs.job(before["id"])
        assert changed is not None
        assert changed.stage is Stage.LOOKING


async def _bring_to(bare: Outside, version: str) -> None:
    """Make a database as a bot of that version has left it."""
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    database = connect(bare.url)
    try:
        async with database.transaction(writes=True) as opened:
            await opened.run(lambda transaction: _upgrade(transaction.connection, config, version))
    finally:
        await database.close()


def _upgrade(connection: Connection, config: Config, version: str) -> None:
    config.attributes["connection"] = connection
    command.upgrade(config, version)


async def _of_version_2(bare: Outside, number: int, stage: Stage) -> dict[str, Any]:
    """Write a row as version 0002 did, and return it."""
    row: dict[str, Any] = {
        "id": f"job-{number}",
        "interaction_id": number,
        "user_id": ALICE,
        "asked": f"camera {number}",
        "created_at": NOON,
        "stage": stage.value,
        "ending": "delivered" if stage is Stage.ENDED else None,
        "reply_application_id": 1,
        "reply_expires_at": NOON,
        "reply_channel_id": 2,
        "reply_ephemeral": True,
        "reply_in_dm": False,
        "reply_bot_can_edit": True,
        "reply_file_limit": 10**7,
        "reply_locale": "en-US",
        "options": "[]",
        "said_message": "",
        "attempts": 0,
        "confirmed": True,
        "command_id": number,
        "sent_as_dm": False,
        "dms_closed": False,
    }
    if stage is not Stage.RECEIVED:
        row |= {"account_id": 5, "camera_kind": "camera", "network_id": number, "camera_id": number}
        row |= {"camera_name": "Front Door", "network_name": "Home", "usb": "active"}
    marks = ", ".join("?" for _ in row)
    statement = f"INSERT INTO clip_jobs ({', '.join(row)}) VALUES ({marks})"  # noqa: S608
    await asyncio.to_thread(bare.execute, statement, *row.values())
    return row


def _make_empty(path: Path) -> None:
    path.parent.mkdir()
    path.touch()


def _name(database: Outside) -> str:
    if isinstance(database, SqliteFile):
        return str(database.path)
    url = make_url(database.url)
    return f"{url.host}/{url.database}"


async def _create_all(url: str) -> None:
    database = connect(url)
    await database.write(lambda transaction: metadata.create_all(transaction.connection))
    await database.close()


def _differences(connection: object) -> object:
    return compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), metadata)  # type: ignore[arg-type]


def _schema(database: Outside) -> dict[str, list[str]]:
    """Return what each table and index is made of; the order of columns, which additions change, means nothing."""
    if isinstance(database, SqliteFile):
        found = database.rows("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL")
        return {name: _parts(sql) for name, sql in found}
    columns = "concat_ws(' ', column_name, data_type, character_maximum_length, is_nullable, column_default)"
    tables = database.rows(
        f"SELECT table_name::text, string_agg({columns}, ', ')"  # noqa: S608
        " FROM information_schema.columns WHERE table_schema = 'public' GROUP BY table_name"
    )
    indexes = database.rows("SELECT indexname::text, indexdef FROM pg_indexes WHERE schemaname = 'public'")
    return {name: _parts(made) for name, made in [*tables, *indexes]}


def _parts(made: str) -> list[str]:
    return sorted(" ".join(part.split()).strip("( )") for part in made.split(","))
