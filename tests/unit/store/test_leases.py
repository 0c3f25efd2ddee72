"""A job belongs to one process at a time, and to the next one as soon as the first gives no sign any more."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest

from bot.models import End, Stage, Superseded
from bot.store import Store
from tests.support.databases import Outside
from tests.support.examples import moved, queued, received
from tests.support.jobs import with_values

After = Callable[[float], Awaitable[None]]


@pytest.fixture
def after(database: Outside) -> After:
    """Let every lease end so many seconds from now."""

    async def after(seconds: float) -> None:
        until = datetime.now(UTC) + timedelta(seconds=seconds)
        await asyncio.to_thread(database.execute, "UPDATE clip_jobs SET owned_until = ?", until)

    return after


async def test_a_living_process_keeps_its_jobs(store: Store, other: Store) -> None:
    job = await received(store)
    assert await other.jobs.claim() == []
    assert await store.jobs.claim() == [job]


async def test_a_process_that_gives_no_sign_loses_its_jobs_and_can_no_longer_act(
    store: Store, other: Store, after: After
) -> None:
    job = await queued(other)
    assert await store.jobs.claim() == []
    await after(0)
    assert await store.jobs.claim() == [job]
    for attempt in (
        other.jobs.save(job, job.moved(Stage.ASKING)),
        other.jobs.take_turn(job, job.moved(Stage.ASKING)),
    ):
        with pytest.raises(Superseded):
            await attempt
    assert await other.jobs.lost([job.id]) == {job.id}
    await store.jobs.save(job, job.moved(Stage.ASKING))
    assert await other.jobs.claim() == []


async def test_each_sign_of_life_keeps_a_job(store: Store, other: Store, after: After) -> None:
    job = await queued(other)
    await after(0)
    await other.jobs.renew()
    assert await store.jobs.claim() == []
    await after(0)
    await other.jobs.save(job, with_values(job, attempts=1))
    assert await store.jobs.claim() == []
    assert await other.jobs.lost([job.id]) == frozenset()


async def test_a_sign_of_life_names_what_it_keeps(store: Store, other: Store, after: After) -> None:
    kept, taken, over = await received(store), await received(store), await received(store)
    await store.jobs.save(over, with_values(over.ended(End.BROKEN), told_at=over.request.created_at))
    assert await store.jobs.renew() == {kept.id, taken.id}
    await after(0)
    assert await other.jobs.claim(running=[kept.id]) == [taken]
    assert await store.jobs.renew() == {kept.id}


async def test_what_runs_already_is_not_claimed_again(store: Store, other: Store, after: After) -> None:
    running, left = await received(store), await received(store, after=1)
    assert await store.jobs.claim(running=[running.id, left.id]) == []
    assert await store.jobs.claim(running=[running.id]) == [left]
    await after(0)
    assert await store.jobs.claim(running=[running.id]) == [left]
    assert await other.jobs.claim() == [running], "whose sign of life is not given by that"


async def test_a_lease_from_before_the_clock_was_set_back_is_free(store: Store, other: Store, after: After) -> None:
    job = await queued(other)
    await after(3600)
    assert await store.jobs.claim() == [job]
    assert await other.jobs.claim() == []


async def test_a_process_that_stops_lets_go_at_once(store: Store, other: Store) -> None:
    job, over = await received(store), await received(store)
    await store.jobs.save(over, with_values(over.ended(End.BROKEN), told_at=over.request.created_at))
    await store.jobs.release()
    assert await other.jobs.claim() == [job]
    with pytest.raises(Superseded):
        await store.jobs.save(job, job.ended(End.BROKEN))


async def test_of_many_who_claim_a_job_one_gets_it(store: Store, other: Store) -> None:
    jobs = [await received(store) for _ in range(10)]
    await store.jobs.release()
    claims = await asyncio.gather(*(each.jobs.claim() for each in (store, other) for _ in range(5)))
    owners = [store if await _has(store, job.id) else other for job in jobs]
    for job, owner in zip(jobs, owners, strict=True):
        loser = other if owner is store else store
        await owner.jobs.save(job, with_values(job, attempts=1))
        with pytest.raises(Superseded):
            await loser.jobs.save(job, with_values(job, attempts=2))
    assert {job.id for claimed in claims for job in claimed} == {job.id for job in jobs}


async def test_what_is_over_belongs_to_nobody(store: Store, other: Store, after: After) -> None:
    job = await moved(other, await queued(other), Stage.ASKING)
    await other.jobs.save(job, with_values(job.ended(End.BROKEN), told_at=job.request.created_at))
    await after(0)
    assert await store.jobs.claim() == []


async def _has(store: Store, job_id: str) -> bool:
    return job_id in {job.id for job in await store.jobs.claim()}
