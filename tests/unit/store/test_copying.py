"""A bot moves from one database to another, with nothing lost."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from bot.models import (
    Channel,
    CommandStatus,
    End,
    Hours,
    Invitation,
    Invited,
    Job,
    NotifyClips,
    Person,
    Refusal,
    Watcher,
)
from bot.store import Keyring, copying, open_store
from bot.store.copying import copy_database
from bot.store.errors import NotADatabase, NotMoved, UnknownVersion
from tests.support.databases import ENGINES, Outside, SqliteFile, with_tables
from tests.support.examples import (
    ALICE,
    BOB,
    KEY,
    KEYRING,
    NOON,
    a_job,
    a_share,
    a_subscription,
    a_target,
    a_use,
    an_account,
    an_alert,
    an_alert_message,
    followed,
    found,
    received,
)
from tests.support.jobs import with_values
from tests.support.postgres import Postgres, Server

A_WATCHER = Watcher(ALICE, Hours(60, 0, "Europe/Berlin"), Channel(14, 15), NOON, NOON)
BATCH, MANY = 3, 8  # more than two batches
TABLES = ("accounts", "people", "invitations", "clip_jobs", "grants", "watchers")


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(copying, "_BATCH", BATCH)


@contextmanager
def _new_database(request: pytest.FixtureRequest, path: Path, *, empty: bool) -> Iterator[Outside]:
    if request.param == "sqlite":
        yield SqliteFile(path) if empty else with_tables(path)
    else:
        server: Server = request.getfixturevalue("postgres_server")
        name = server.create(empty=empty)
        yield Postgres(server.url(name, query="sslmode=disable"))
        (server.drop if empty else server.give_back)(name)


@pytest.fixture(params=ENGINES)
def target(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Outside]:
    """A new database, whose tables are there already."""
    with _new_database(request, tmp_path / "moved" / "bot.db", empty=False) as database:
        yield database


@pytest.fixture(params=ENGINES)
def nothing(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Outside]:
    """A new database without tables; for SQLite not even a file."""
    with _new_database(request, tmp_path / "moved" / "bot.db", empty=True) as database:
        yield database


async def _fill(url: str, *, many: int = MANY) -> list[Job]:
    jobs = [a_job(after=number % 7) for number in range(many)]
    jobs[0] = with_values(
        jobs[0],
        end=End.NO_VIDEO,
        target=a_target(),
        status=CommandStatus("done", "vs", 908, 200, "Schöne Grüße 🎥"),
        options=(("owl.7.1", "Front, Door\n"),),
        told_at=NOON,
    )
    jobs[1] = replace(jobs[1], reply=replace(jobs[1].reply, token=None))
    async with open_store(url, KEYRING) as store:
        for job in jobs:
            await store.jobs.insert(job)
        await store.accounts.link(an_account(ALICE, link_id="alices", region=None))
        await store.accounts.link(an_account(BOB, signed_out_at=NOON))
        await store.people.remember(Person(ALICE, NotifyClips.NEVER, NOON, dms_introduced=True))
        await store.invitations.invite(Invitation("a" * 64, Invited(ALICE, "Alice <b>", None), NOON))
        given = a_share()
        await store.shares.give(given, most=1)
        await store.shares.refuse(Refusal(ALICE, BOB, "Bob", NOON), most=1)
        await store.shares.use(given, a_use())
        await store.alerts.subscriptions.remember(A_WATCHER)
        waits, shown = an_alert(path=None), an_alert()
        await found(store, waits, shown, feed=await followed(store))
        assert await store.alerts.alert_messages.make(an_alert_message(shown), since=NOON, most=1)
        await store.untold.keep(ALICE, "It is armed.")
        await store.set_meta("commands:1", "digest")
    return jobs


async def test_everything_arrives_as_it_was(database: Outside, nothing: Outside) -> None:
    jobs = await _fill(database.url)
    counts = await copy_database(database.url, nothing.url, KEYRING)
    assert counts == {
        "accounts": 2,
        "people": 1,
        "invitations": 1,
        "clip_jobs": MANY,
        "grants": 1,
        "grant_people": 1,
        "grant_uses": 1,
        "grant_refusals": 1,
        "watchers": 1,
        "wishes": 1,
        "feeds": 1,
        "alerts": 2,
        "notices": 1,
        "untold": 1,
        "health_looks": 0,
        "camera_health": 0,
        "health_told": 0,
        "meta": 2,
    }
    async with open_store(database.url, KEYRING) as old, open_store(nothing.url, KEYRING) as new:
        assert {job.id: job for job in await new.jobs.of_person(ALICE)} == {job.id: job for job in jobs}
        assert await new.accounts.accounts() == await old.accounts.accounts()
        assert await new.people.person(ALICE) == await old.people.person(ALICE)
        assert await new.shares.given_by(ALICE) == await old.shares.given_by(ALICE)
        assert await new.shares.uses(ALICE, since=NOON, most=9) == [a_use()]
        assert await new.invitations.invitation("a" * 64) == await old.invitations.invitation("a" * 64)
        assert await new.untold.of_person(ALICE) == await old.untold.of_person(ALICE)
        assert await new.meta("commands:1") == "digest"
        assert await new.alerts.subscriptions.watcher(ALICE) == A_WATCHER
        assert await new.alerts.subscriptions.of_person(ALICE) == [a_subscription()]
        assert await new.alerts.alert_messages.waiting_of(ALICE) == await old.alerts.alert_messages.waiting_of(ALICE)
        assert len(await new.alerts.feeds.keep()) == 1, "what another process had there is free here"
        assert len(await new.alerts.alert_messages.unfinished()) == 1
        await received(new)  # and it goes on from there


async def test_a_database_that_a_bot_only_looked_at_can_be_copied_to(database: Outside, target: Outside) -> None:
    await _fill(database.url, many=2)
    async with open_store(target.url, Keyring(["another key, of a first try, long enough"])) as first_try:
        await first_try.set_meta("commands:2", "other")
        await followed(first_try)
        await first_try.accounts.unlink(ALICE)
    await copy_database(database.url, target.url, KEYRING)
    async with open_store(target.url, KEYRING) as new:
        assert await new.meta("commands:2") is None


@pytest.mark.parametrize("table", TABLES)
async def test_a_target_that_holds_anything_is_left_as_it_is(path: Path, target: Outside, table: str) -> None:
    source = with_tables(path)
    async with open_store(source.url, KEYRING) as store:
        await received(store)
    async with open_store(target.url, KEYRING) as store:
        await {
            "accounts": lambda: store.accounts.link(an_account(BOB)),
            "people": lambda: store.people.remember(Person(BOB)),
            "invitations": lambda: store.invitations.invite(Invitation("b" * 64, Invited(BOB, "bob"), NOON)),
            "grants": lambda: store.shares.give(a_share(), most=1),
            "clip_jobs": lambda: received(store),
            "watchers": lambda: store.alerts.subscriptions.remember(A_WATCHER),
        }[table]()
    before = _content(target)
    with pytest.raises(NotMoved, match=f"is not empty \\({table}\\): name one that holds nothing"):
        await copy_database(source.url, target.url, KEYRING)
    assert _content(target) == before


async def test_with_the_wrong_keys_nothing_is_copied(database: Outside, target: Outside) -> None:
    async with open_store(database.url, KEYRING) as store:
        await store.accounts.link(an_account(ALICE))
    with pytest.raises(NotMoved, match="opens with none of the keys in TOKEN_KEYS"):
        await copy_database(database.url, target.url, Keyring(["w" * 40]))
    assert all(not rows for rows in _content(target).values())
    await copy_database(database.url, target.url, Keyring(["w" * 40, KEY]))


async def test_a_source_that_is_not_there_is_said_and_not_made(tmp_path: Path, target: Outside) -> None:
    with pytest.raises(NotMoved, match="There is nothing to copy: no bot has used the database"):
        await copy_database(f"sqlite:///{tmp_path}/nothing.db", target.url, KEYRING)
    assert "nothing.db" not in os.listdir(tmp_path)


async def test_a_source_that_is_damaged_is_named_and_leaves_nothing_behind(target: Outside, path: Path) -> None:
    source = with_tables(path)
    await _fill(source.url)
    [(page,)] = source.rows("SELECT rootpage FROM sqlite_master WHERE name = 'clip_jobs'")
    with path.open("r+b") as file:
        file.seek((page - 1) * 4096)
        file.write(b"\xa5" * 4096)
    with pytest.raises(NotADatabase, match=r"data/bot\.db is damaged"):
        await copy_database(source.url, target.url, KEYRING)
    assert all(not rows for rows in _content(target).values())


async def test_a_source_of_another_version_is_said(database: Outside, target: Outside) -> None:
    database.execute("UPDATE alembic_version SET version_num = '0001'")
    with pytest.raises(NotMoved, match=r"are of version 0001 and not .*: bring them up to date with `python -m bot"):
        await copy_database(database.url, target.url, KEYRING)


async def test_a_target_of_a_newer_bot_is_left_alone(database: Outside, target: Outside) -> None:
    target.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(UnknownVersion):
        await copy_database(database.url, target.url, KEYRING)


def _content(database: Outside) -> dict[str, list[tuple[object, ...]]]:
    return {table: database.rows(f"SELECT * FROM {table}") for table in (*TABLES, "meta")}  # noqa: S608
