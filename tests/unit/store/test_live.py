"""What the database keeps of live views: one at a time, a pause between two, and a later version's rows untouched."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.models import End, Job, LiveView, Stage
from bot.store import Store
from tests.support.databases import Outside
from tests.support.examples import BOB, NOON, a_target, moved, queued, received
from tests.support.jobs import with_values

GAP = timedelta(seconds=10)


def _at_live(job: Job, *, after: float = 0) -> Job:
    """Return a queued job as it stands at the start of its live view, so many seconds past noon."""
    live = replace(job.live or LiveView(15, End.NO_PLAN), starts=1)
    progress = replace(job.progress, asked_at=NOON + timedelta(seconds=after))
    return job.moved(Stage.LIVE, live=live, progress=progress)


async def _take(store: Store, job: Job, *, after: float = 0) -> Job | None:
    """Return the job at its live view, or None if its turn has not come."""
    going = _at_live(job, after=after)
    return going if await store.jobs.take_turn(job, going, live_gap=GAP) else None


async def _waiting(store: Store, network: int, *, account: int = 5, after: float = 0, user_id: int = BOB) -> Job:
    job = await queued(store, a_target(network, network=network, account=account), after=after, user_id=user_id)
    live = job.changed(live=LiveView(15, End.NO_PLAN))
    await store.jobs.save(job, live)
    return live


async def test_a_live_view_comes_back_as_it_was_saved(store: Store) -> None:
    job = await received(store)
    live = LiveView(30, End.REFUSED, starts=2, began_at=NOON, silent=True)
    full = with_values(job, stage=Stage.FETCHING, target=a_target(), live=live, recorded_at=NOON)
    await store.jobs.save(job, full)
    assert await store.jobs.job(job.id) == full


async def test_of_two_live_views_of_an_account_on_two_networks_one_begins(store: Store, other: Store) -> None:
    one, two = await _waiting(store, 7), await _waiting(other, 8, after=1)
    taken = await asyncio.gather(_take(store, one), _take(other, two))
    assert [job is not None for job in taken].count(True) == 1


async def test_one_that_waits_for_a_busy_system_keeps_its_account_and_one_that_wants_a_picture_does_not(
    store: Store,
) -> None:
    first = await _take(store, await _waiting(store, 7))
    assert first
    busy = await moved(store, first, Stage.BUSY)
    second = await _waiting(store, 8, after=1)
    assert await _take(store, second) is None
    live = await moved(store, busy, Stage.LIVE)
    picture = live.queued_again(reason=End.LIVE_FAILED)
    await store.jobs.save(live, picture)
    assert await store.jobs.take_turn(picture, picture.moved(Stage.ASKING))
    assert await _take(store, second)


async def test_a_live_view_of_another_account_begins_beside_it(store: Store) -> None:
    assert await _take(store, await _waiting(store, 7))
    assert await _take(store, await _waiting(store, 8, account=6, after=1))


async def test_a_live_view_occupies_its_network(store: Store) -> None:
    assert await _take(store, await _waiting(store, 7))
    clip = await queued(store, a_target(2, network=7), after=1)
    assert not await store.jobs.take_turn(clip, clip.moved(Stage.ASKING))
    assert (await store.jobs.order(clip)).position(clip.id) == 1


async def test_after_a_live_view_the_next_of_its_account_waits_for_the_pause(store: Store) -> None:
    first = await _take(store, await _waiting(store, 7))
    assert first
    over = with_values(first, recorded_at=NOON + timedelta(seconds=20))
    await store.jobs.save(first, over.moved(Stage.FETCHING))
    second = await _waiting(store, 7, after=1)
    assert await _take(store, second, after=29) is None
    assert await _take(store, second, after=31)


async def test_a_live_view_from_before_the_clock_was_set_back_holds_up_none(store: Store) -> None:
    first = await _take(store, await _waiting(store, 7))
    assert first
    over = with_values(first, recorded_at=NOON + timedelta(days=1))
    await store.jobs.save(first, over.moved(Stage.FETCHING))
    assert await _take(store, await _waiting(store, 7, after=1), after=31)


async def test_a_clip_without_video_is_followed_by_its_live_view_without_a_pause(store: Store) -> None:
    job = await queued(store, a_target())
    asking = job.moved(Stage.ASKING)
    assert await store.jobs.take_turn(job, asking)
    looking = await moved(store, with_values(asking, recorded_at=NOON), Stage.RECORDING, Stage.LOOKING)
    again = looking.queued_again(live=LiveView(15, End.NO_PLAN))
    await store.jobs.save(looking, again)
    assert await _take(store, again, after=1)


async def test_a_row_in_a_stage_of_a_later_version_is_left_to_that(
    store: Store, other: Store, database: Outside
) -> None:
    later, known = await received(store), await received(store)
    await asyncio.to_thread(database.execute, "UPDATE clip_jobs SET stage = 'later' WHERE id = ?", later.id)
    await store.jobs.release()
    assert [job.id for job in await other.jobs.claim()] == [known.id]
    assert [job.id for job in await other.jobs.live()] == [known.id]
    kept = await asyncio.to_thread(database.rows, "SELECT stage, owner FROM clip_jobs WHERE id = ?", later.id)
    assert kept == [("later", None)]


@pytest.mark.parametrize(
    ("column", "value"), [("reason", "later"), ("round", '{"shots": [["camera.7.1"]], "left_out": []}')]
)
async def test_a_row_that_says_what_only_a_later_version_can_read_is_left_to_that_and_hides_no_other(
    store: Store, other: Store, database: Outside, column: str, value: str
) -> None:
    later, known = await received(store), await received(store)
    await asyncio.to_thread(database.execute, f"UPDATE clip_jobs SET {column} = ? WHERE id = ?", value, later.id)  # noqa: S608 - one of two constants
    await store.jobs.release()
    assert [job.id for job in await other.jobs.claim()] == [known.id]
    assert [job.id for job in await other.jobs.live()] == [known.id]
    kept = await asyncio.to_thread(database.rows, "SELECT owner FROM clip_jobs WHERE id = ?", later.id)
    assert kept == [(None,)]
