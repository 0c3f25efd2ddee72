"""Two processes on one database, and a process that is killed in the middle of its writes."""

import random
from collections import Counter
from contextlib import ExitStack
from pathlib import Path

import pytest

from bot.store import migrate, open_store
from tests.support.databases import ENGINES, Outside, SqliteFile
from tests.support.examples import KEYRING
from tests.support.postgres import Server
from tests.support.store_worker import worker
from tests.unit.store.worker import CLAIMS, INTERACTIONS

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module", params=ENGINES)
def raced(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, list[int]]]:
    """What two processes got that began, and migrated, on a database which neither had made."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path_factory.mktemp('race')}/data/bot.db"
    else:
        server: Server = request.getfixturevalue("postgres_server")
        url = server.url(server.create(empty=True))
    with ExitStack() as stack:
        both = [stack.enter_context(worker("race", url)) for _ in range(2)]
        for expected in ("ready", "linked"):
            assert [each.hear() for each in both] == [expected] * 2
            for each in both:
                each.go()
        return [each.hear() for each in both]


def test_each_interaction_is_taken_by_one_process(raced: list[dict[str, list[int]]]) -> None:
    assert Counter(number for each in raced for number in each["taken"]) == Counter(range(INTERACTIONS))


def test_each_refresh_is_claimed_by_one_process(raced: list[dict[str, list[int]]]) -> None:
    assert Counter(number for each in raced for number in each["claimed"]) == Counter(range(CLAIMS))


async def test_what_killed_processes_had_written_is_there(database: Outside, url: str) -> None:
    await migrate(url)
    with ExitStack() as stack:
        both = [stack.enter_context(worker("write", url)) for _ in range(2)]
        for each in both:
            assert each.hear() == "ready"
            each.go()
        # Nothing is to migrate, so Alembic is not even loaded.
        assert [each.hear() for each in both] == [[], []]
        chance = random.Random(1)
        said = [each.hear() for each in both for _ in range(chance.randrange(5, 60))]
        said += [line for each in both for line in each.rest()]
    if isinstance(database, SqliteFile):
        assert database.rows("PRAGMA integrity_check") == [("ok",)]
    order = ("received", "ended")
    async with open_store(url, KEYRING) as store:
        stages = {job.id: order.index(job.stage) for job in await store.jobs.live()}
    assert all(stages[job_id] >= order.index(stage) for job_id, stage in said)
    assert len(stages) - len({job_id for job_id, _ in said}) in (0, 1, 2)  # each may have written one and not said so
