"""Clean-up and others find their rows by an index, and clean-up leaves room between its writes for everybody else's."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, event, text

from bot.models import End, Job
from bot.store import Store
from tests.support.examples import (
    ALICE,
    BOB,
    NOON,
    a_target,
    an_account,
    an_alert,
    an_alert_message,
    followed,
    found,
    queued,
    received,
)
from tests.support.jobs import with_values

LATER = NOON + timedelta(days=40)
# The other tables have a row for each person or share at most.
LARGE = ("clip_jobs", "alerts", "notices", "grant_uses")
# A line of a plan that reads a whole table, or an index that has all of its rows.
SCAN = {
    # For min() and max() SQLite says SEARCH, also without an index.
    "sqlite": re.compile(
        r"(?:SCAN|SEARCH(?= \w+$)) (?P<table>\w+)\b(?! USING (COVERING )?INDEX ix_clip_jobs_(refused|live)\b)"
    ),
    "postgresql": re.compile(r"Seq Scan on (?P<table>\w+)"),
}


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
    engine = store.database._engine.sync_engine
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
        await store.alerts.alert_messages.forget(before=LATER)
        await store.shares.forget(used_before=LATER, ended_before=LATER)
    assert seen.scans == []
    assert seen.seen >= 12


async def test_neither_unlinking_nor_the_export_scans_a_large_table(store: Store) -> None:
    await store.accounts.link(an_account())
    await ended(store)
    async with plans(store) as seen:
        assert len(await store.jobs.of_person(ALICE)) == 1
        assert await store.alerts.subscriptions.kept_of(ALICE)
        assert await store.accounts.unlink(ALICE)
    assert seen.scans == []
    assert seen.seen >= 10
    assert await store.jobs.of_person(ALICE) == []


async def test_a_cameras_next_command_is_found_without_a_scan(store: Store) -> None:
    job = with_values(await queued(store, a_target()), blink_started_at=NOON)
    async with plans(store) as seen:
        assert await store.jobs.next_start(job) is None
    assert seen.scans == []
    assert seen.seen == 2


async def test_a_mention_of_a_role_lately_is_found_without_a_scan(store: Store) -> None:
    feed = await followed(store)
    await found(store, alert := an_alert(), feed=feed)
    messages, message = store.alerts.alert_messages, an_alert_message(alert)
    assert await messages.make(message, since=NOON, most=9)
    async with plans(store) as seen:
        assert await messages.mention(message, 16, every=300.0)
    assert seen.scans == []
    assert seen.seen == 2


async def test_a_statement_without_an_index_is_seen_to_scan(store: Store) -> None:
    if store.database.dialect.name == "postgresql":
        pytest.skip("it avoids scans here")
    by_name = text("SELECT id FROM clip_jobs WHERE asked = 'Front Door'")
    async with plans(store) as seen:
        await store.database.read(lambda transaction: transaction.rows(by_name))
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


async def test_a_new_job_gets_in_between_two_writes_of_clean_up(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.store.engine._CHUNK", 3)
    monkeypatch.setattr("bot.store.engine._PAUSE", 3600.0)
    for number in range(10):
        await ended(store, after=number)
    cleaning = asyncio.create_task(store.jobs.forget(ended_before=LATER, tokens_before=NOON))
    try:
        async with asyncio.timeout(10):
            while len(await store.jobs.of_person(ALICE)) == 10:
                pass
        new = await received(store, user_id=BOB)
        assert await store.jobs.job(new.id) is not None
        assert len(await store.jobs.of_person(ALICE)) == 7
    finally:
        cleaning.cancel()
        await asyncio.gather(cleaning, return_exceptions=True)


async def ended(store: Store, *, after: float = 0) -> Job:
    """A job that asked no camera for anything, and is over."""
    job = await received(store, after=after, shares=("x",))
    over = with_values(job.ended(End.CAMERA_UNKNOWN), told_at=NOON)
    await store.jobs.save(job, over)
    return over
