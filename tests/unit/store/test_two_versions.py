"""A process of the version before live views, under which another one has migrated the database, disturbs none."""

# ruff: noqa: S608 - these statements are put together from constants

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

import pytest
from sqlalchemy import text

from bot.models import End, Job, LiveView, Stage
from bot.store import Store
from bot.store.engine import Database
from bot.store.errors import Conflict
from bot.store.transaction import Transaction
from tests.support.databases import Outside, SqliteFile
from tests.support.examples import BOB, NOON, a_target, queued, received
from tests.support.jobs import with_values

OWNER = "the old process"
OWN = "told_at IS NULL AND owner = :owner"
THIS = "id = :id AND stage = :stage AND owner = :owner"
CLOCKS = {"sqlite": "strftime('%Y-%m-%d %H\\:%M\\:%f000', 'now')", "postgresql": "clock_timestamp()"}


class OldStage(StrEnum):
    """The stages which that version knows."""

    RECEIVED = "received"
    QUEUED = "queued"
    ASKING = "asking"
    BUSY = "busy"
    RECORDING = "recording"
    LOOKING = "looking"
    FETCHING = "fetching"
    ENDED = "ended"


@dataclass
class OldProcess:
    """The statements of that version that change or read a job; the process is `OWNER`."""

    database: Database
    now: str
    unlocked: str

    async def claim(self) -> list[OldStage]:
        """Take every unfinished job without a lease and read them, in one transaction."""
        free = f"told_at IS NULL AND (owner IS NULL OR owner = :owner OR owned_until <= {self.now})"
        these = f"SELECT id FROM clip_jobs WHERE {free} {self.unlocked}"

        def take(transaction: Transaction) -> list[OldStage]:
            taking = text(f"UPDATE clip_jobs SET owner = :owner, owned_until = {self.now} WHERE id IN ({these})")
            assert transaction.change(taking, {"owner": OWNER})
            found = transaction.scalars(text(f"SELECT stage FROM clip_jobs WHERE {OWN}").bindparams(owner=OWNER))
            return [OldStage(stage) for stage in found]

        return await self.database.write(take)

    async def change(self, statement: str, **values: Any) -> int:
        """Execute a statement, and return the number of rows that it changed."""
        return await self.database.write(lambda transaction: transaction.change(text(statement), values))

    async def count(self, condition: str, **values: Any) -> int:
        """Return the number of jobs that it finds so."""
        counted = text(f"SELECT count(*) FROM clip_jobs WHERE {condition}").bindparams(**values)
        return await self.database.read(lambda transaction: transaction.scalar(counted))


@pytest.fixture
def old(store: Store, database: Outside) -> OldProcess:
    if isinstance(database, SqliteFile):
        return OldProcess(store.database, CLOCKS["sqlite"], "")
    return OldProcess(store.database, CLOCKS["postgresql"], "FOR UPDATE SKIP LOCKED")


@pytest.fixture
async def live(other: Store, database: Outside) -> Job:
    """A live view whose process gives no sign any more."""
    job = await queued(other)
    begun = job.moved(Stage.LIVE, live=LiveView(15, End.NO_PLAN, starts=1))
    begun = with_values(begun, asked_at=NOON)
    assert await other.jobs.take_turn(job, begun)
    database.execute("UPDATE clip_jobs SET owned_until = ?", NOON - timedelta(days=1))
    return begun


async def test_it_cannot_take_a_live_view_over_and_another_process_does(
    store: Store, database: Outside, live: Job, old: OldProcess
) -> None:
    before = _rows(database)
    with pytest.raises(ValueError, match="'live' is not a valid OldStage"):
        await old.claim()
    assert _rows(database) == before
    assert await store.jobs.claim() == [live]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE clip_jobs SET owner = :owner WHERE interaction_id = :number AND stage IN ('received')",
        f"UPDATE clip_jobs SET owned_until = NULL WHERE {OWN}",
        f"UPDATE clip_jobs SET owner = NULL, owned_until = NULL WHERE {OWN}",
        f"UPDATE clip_jobs SET stage = 'ended' WHERE {THIS}",
        f"DELETE FROM clip_jobs WHERE {THIS}",
        "DELETE FROM clip_jobs WHERE told_at < :after",
        "DELETE FROM clip_jobs WHERE id IN (SELECT id FROM (SELECT id, row_number() OVER (PARTITION BY user_id ORDER BY"
        " created_at DESC, id DESC) AS place FROM clip_jobs WHERE told_at IS NOT NULL AND NOT missed AND asked_at IS"
        " NULL) AS refused WHERE place > 0)",
    ],
    ids=["take over", "renew", "release", "save", "remove", "forget told", "forget refused"],
)
async def test_nothing_else_that_it_does_changes_a_live_view(
    database: Outside, live: Job, old: OldProcess, statement: str
) -> None:
    before = _rows(database)
    values = {"owner": OWNER, "number": live.request.interaction_id, "id": live.id, "stage": "live"}
    used = {name: value for name, value in values.items() if f":{name}" in statement}
    assert await old.change(statement.replace(":after", old.now), **used) == 0
    assert _rows(database) == before


async def test_it_does_not_see_that_a_live_view_occupies_a_network_and_may_not_use_it_all_the_same(
    store: Store, database: Outside, live: Job, old: OldProcess
) -> None:
    waiting = await queued(store, a_target(camera=2), user_id=BOB)
    database.execute("UPDATE clip_jobs SET owner = ? WHERE id = ?", OWNER, waiting.id)
    seen = "account_id = 5 AND network_id = 7 AND stage IN ('asking', 'busy', 'recording')"
    assert await old.count(seen) == 0
    with pytest.raises(Conflict):
        await old.change(f"UPDATE clip_jobs SET stage = 'asking' WHERE {THIS}", **_this(waiting))
    await store.jobs.claim()
    await store.jobs.save(live, live.moved(Stage.FETCHING))
    assert await old.change(f"UPDATE clip_jobs SET stage = 'asking' WHERE {THIS}", **_this(waiting)) == 1


async def test_it_does_not_see_that_a_person_has_a_live_view_of_a_camera_and_may_queue_no_other(
    store: Store, database: Outside, live: Job, old: OldProcess
) -> None:
    again = await received(store)
    database.execute("UPDATE clip_jobs SET owner = ? WHERE id = ?", OWNER, again.id)
    seen = "user_id = :user AND stage IN ('asking', 'busy', 'looking', 'queued', 'recording')"
    assert await old.count(seen, user=live.request.user_id) == 0
    where = "account_id = 5, network_id = 7, camera_id = 1"
    with pytest.raises(Conflict):
        await old.change(f"UPDATE clip_jobs SET stage = 'queued', {where} WHERE {THIS}", **_this(again))
    assert await store.jobs.job(again.id) == again


def _this(job: Job) -> dict[str, str]:
    return {"id": job.id, "stage": job.stage.value, "owner": OWNER}


def _rows(database: Outside) -> list[tuple[Any, ...]]:
    return database.rows("SELECT * FROM clip_jobs")
