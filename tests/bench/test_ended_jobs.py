from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench import accounts, ended_jobs
from bench.payloads import person
from bot.store import Keyring, open_store


async def test_ended_jobs_of_the_bench_are_what_the_bot_reads_as_jobs_and_deletes(tmp_path: Path) -> None:
    database = f"sqlite:///{tmp_path / 'bot.db'}"
    await ended_jobs.fill(database, 30)
    assert await ended_jobs.left(database) == 30
    async with open_store(database, Keyring([accounts.KEY])) as store:
        [job] = await store.jobs.of_person(person(7))
        assert job.stage == "ended"
        now = datetime.now(UTC)
        await store.jobs.forget(ended_before=now - timedelta(days=30), tokens_before=now)
    assert await ended_jobs.left(database) == 0
