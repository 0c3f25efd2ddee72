"""Clean-up finds its rows by an index, and leaves room between its writes for everybody else's."""

import asyncio
import re
import sqlite3
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, event

from bot.models import End, Job
from bot.store import Store, open_store
from tests.support.databases import with_tables
from tests.support.examples import ALICE, BOB, KEYRING, NOON, a_job, an_account, received
from tests.support.jobs import with_values

LATER = NOON + timedelta(days=40)
# The other tables have a row for each person or share at most.
LARGE = ("clip_jobs", "alerts", "notices", "grant_uses")
# A line of a plan that reads a whole table, or an index that has all of its rows.
SCAN = {
    "sqlite": re.compile(r"SCAN (?P<table>\w+)(?! USING (COVERING )?INDEX ix_clip_jobs_refused)"),
    "postgresql": re.compile(r"Seq Scan on (?P<table>\w+)"),
}
A_MILLION = 1_000_000
LONGEST_WAIT = 0.1


class Plans:
    """How a database executes each statement on a large table."""

    def __init__(self, dialect: str) -> None:
        self.scans: list[str] = []
        self.seen = 0
        self._explain = "EXPLAIN QUERY PLAN" if dialect == "sqlite" else "EXPLAIN"
        self._scan = SCAN[dialect]

    def note(self, _: Connection, cursor: Any, statement: str, parameters: Any, *_more: Any) -> None:
        """Ask for the plan of a statement that is about to be executed."""
        if not re.match("SELECT|UPDATE|DELETE", statement) or not any(table in statement for table in LARGE):
            return
        self.seen += 1
        cursor.execute(f"{self._explain} {statement}", parameters)
        lines = [str(row[-1]) for row in cursor.fetchall()]
        self.scans += [
            f"{line}: {statement}" for line in lines if (scan := self._scan.search(line)) and scan["table"] in LARGE
        ]


@asynccontextmanager
async def plans(store: Store) -> AsyncIterator[Plans]:
    engine = store._database._engine.sync_engine
    seen = Plans(engine.dialect.name)
    if engine.dialect.name == "postgresql":  # it reads a small table as a whole, even if an index would do
        event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("SET LOCAL enable_seqscan = off"))
    event.listen(engine, "before_cursor_execute", seen.note)
    yield seen
    event.remove(engine, "before_cursor_execute", seen.note)


async def test_clean_up_scans_no_large_table(store: Store) -> None:
    for number in range(25):
        await ended(store, after=number)
    async with plans(store) as seen:
        await store.jobs.forget(ended_before=NOON, tokens_before=LATER)
        await store.jobs.forget(ended_before=LATER, tokens_before=LATER)
        await store.alerts.notices.forget(before=LATER)
        await store.grants.forget(used_before=LATER, ended_before=LATER)
    assert seen.scans == []
    assert seen.seen >= 12


async def test_neither_unlinking_nor_the_export_scans_a_large_table(store: Store) -> None:
    await store.accounts.link(an_account())
    await ended(store)
    async with plans(store) as seen:
        assert len(await store.jobs.of_person(ALICE)) == 1
        assert await store.accounts.unlink(ALICE)
    assert seen.scans == []
    assert seen.seen >= 8
    assert await store.jobs.of_person(ALICE) == []


async def test_a_statement_without_an_index_is_seen_to_scan(store: Store) -> None:
    if store._database.dialect.name == "postgresql":
        pytest.skip("it avoids scans here")
    async with plans(store) as seen, store._database.read() as connection:
        await connection.exec_driver_sql("SELECT id FROM clip_jobs WHERE asked = 'Front Door'")
    assert len(seen.scans) == 1


async def test_all_that_is_old_is_forgotten_in_several_writes(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.store.engine._CHUNK", 3)
    monkeypatch.setattr("bot.store.engine._PAUSE", 0.0)
    for number in range(10):
        await ended(store, after=number)
    kept = await received(store, user_id=BOB)
    await store.jobs.forget(ended_before=NOON, tokens_before=LATER)
    assert [job.reply.token for job in await store.jobs.of_person(ALICE)] == [None] * 10
    await store.jobs.forget(ended_before=LATER, tokens_before=NOON)
    assert await store.jobs.of_person(ALICE) == []
    assert await store.jobs.job(kept.id) is not None


@pytest.mark.sweep
async def test_with_a_million_ended_jobs_no_new_one_waits_for_clean_up(tmp_path: Path) -> None:
    database = with_tables(tmp_path / "data" / "bot.db")
    async with open_store(database.url, KEYRING) as store:
        await ended(store)
        fill(database.path, A_MILLION)
        cleaning = asyncio.create_task(store.jobs.forget(ended_before=LATER, tokens_before=LATER))
        try:
            waits = [await waited(store) for _ in range(300)]
            assert not cleaning.done()
        finally:
            cleaning.cancel()
            await asyncio.gather(cleaning, return_exceptions=True)
    [(left,)] = database.rows("SELECT count(*) FROM clip_jobs WHERE told_at IS NOT NULL")
    assert left < A_MILLION, "clean-up did nothing meanwhile"
    assert max(waits) < LONGEST_WAIT, sorted(waits)[-5:]


async def ended(store: Store, *, after: float = 0) -> Job:
    """A job that asked no camera for anything, and is over."""
    job = await received(store, after=after, permits=("x",))
    over = with_values(job.ended(End.CAMERA_UNKNOWN), told_at=NOON)
    await store.jobs.save(job, over)
    return over


def fill(path: Path, count: int) -> None:
    """Copy the only job `count` times, each with an interaction and a person of its own."""
    with closing(sqlite3.connect(path)) as connection, connection:
        names = [row[1] for row in connection.execute("PRAGMA table_info(clip_jobs)")]
        own = {"id": "hex(randomblob(8))", "interaction_id": "n", "user_id": "n % 50000"}
        copied = ", ".join(own.get(name, name) for name in names)
        numbers = f"WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {count})"  # noqa: S608
        connection.execute(f"{numbers} INSERT INTO clip_jobs SELECT {copied} FROM clip_jobs, numbers")  # noqa: S608


async def waited(store: Store) -> float:
    """Insert a job as a command does before it is acknowledged, and return the seconds that this took."""
    job = a_job(user_id=BOB)
    began = time.perf_counter()
    assert await store.jobs.insert(job)
    return time.perf_counter() - began
