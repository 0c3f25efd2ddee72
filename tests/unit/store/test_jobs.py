"""What is written about a clip stays true, whoever else writes."""

import asyncio
import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.models import CommandStatus, End, Job, Owner, Stage, Superseded
from bot.store import Store
from tests.support.databases import Outside
from tests.support.examples import ALICE, BOB, NOON, a_job, a_target, an_account, moved, queued, received
from tests.support.jobs import with_values


async def test_a_job_comes_back_as_it_was_saved(store: Store) -> None:
    await store.accounts.link(an_account())
    job = await received(store)
    full = with_values(
        job,
        stage=Stage.ENDED,
        end=End.NO_VIDEO,
        target=a_target(),
        status=CommandStatus("done", "vs", 908, 200, "Schöne Grüße 🎥"),
        options=(("owl.7.1", "Front Door · Home"), ("camera.7.2", "Front, Door\n")),
        busy_since=NOON,
        attempts=3,
        retry_at=NOON + timedelta(microseconds=1),
        asked_at=NOON,
        blink_started_at=datetime(2026, 11, 20, tzinfo=UTC),
        command_id=2**62,
        confirmed=True,
        recorded_at=NOON,
        blink_recorded_at=NOON,
        media_id=2**61,
        media_path="/api/v2/a.mp4",
        size=123,
        sent_as_dm=True,
        dms_closed=True,
        told_at=NOON,
    )
    await store.jobs.save(job, full)
    assert await store.jobs.job(job.id) == full


async def test_a_job_nobody_saved_is_none(store: Store) -> None:
    assert await store.jobs.job("nothing") is None


async def test_an_interaction_is_taken_once(store: Store) -> None:
    job = await received(store)
    assert not await store.jobs.insert(a_job(interaction_id=job.request.interaction_id))
    assert await store.jobs.live() == [job]


async def test_two_processes_taking_the_same_interactions_share_them_without_overlap(
    store: Store, other: Store
) -> None:
    taken = await asyncio.gather(
        *(each.jobs.insert(a_job(interaction_id=number)) for number in range(20) for each in (store, other))
    )
    assert sum(taken) == 20
    assert {job.request.interaction_id for job in await store.jobs.live()} == set(range(20))


async def test_who_writes_over_an_outdated_row_is_told(store: Store) -> None:
    job = await queued(store)
    ended = job.ended(End.WAITED_TOO_LONG)
    await store.jobs.save(job, ended)
    with pytest.raises(Superseded):
        await store.jobs.save(job, job.moved(Stage.ASKING))
    assert await store.jobs.job(job.id) == ended


async def test_of_many_who_move_a_job_on_one_does(store: Store, other: Store) -> None:
    job = await queued(store)
    results = await asyncio.gather(
        *(each.jobs.save(job, job.moved(Stage.ASKING)) for _ in range(5) for each in (store, other)),
        return_exceptions=True,
    )
    assert results.count(None) == 1
    assert sum(isinstance(result, Superseded) for result in results) == 9


async def test_writers_who_are_cancelled_leave_the_way_free(store: Store, other: Store) -> None:
    async def write_on() -> None:
        while True:
            await received(store)

    chance = random.Random(1)
    for _ in range(20):
        writers = [asyncio.create_task(write_on()) for _ in range(4)]
        await asyncio.wait(writers, timeout=chance.uniform(0, 0.02))
        for writer in writers:
            writer.cancel()
        await asyncio.gather(*writers, return_exceptions=True)
        await received(other)
        await received(store)


async def test_details_change_within_a_stage(store: Store) -> None:
    job = await received(store)
    await store.jobs.save(job, with_values(job, attempts=1))
    await store.jobs.save(job, with_values(job, attempts=2))  # the stage alone tells who is outdated
    assert (await _only(store)).progress.attempts == 2


async def test_a_job_is_still_its_processs_in_its_stage_as_long_as_the_lease_lasts(
    store: Store, other: Store, database: Outside
) -> None:
    job = await received(store)
    await store.jobs.still(job)
    with pytest.raises(Superseded):
        await other.jobs.still(job)
    await asyncio.to_thread(database.execute, "UPDATE clip_jobs SET owned_until = ?", datetime.now(UTC))
    with pytest.raises(Superseded):
        await store.jobs.still(job)
    await store.jobs.renew()
    await store.jobs.still(job)
    await store.jobs.save(job, job.ended(End.WAITED_TOO_LONG))
    with pytest.raises(Superseded):
        await store.jobs.still(job)


async def test_an_undelivered_end_is_kept_until_its_person_was_told(store: Store) -> None:
    job = await received(store)
    ended = with_values(job.ended(End.CAMERA_UNKNOWN), undelivered=True)
    await store.jobs.save(job, ended)
    assert await store.jobs.undelivered(ALICE) == [ended]
    await store.jobs.mark_delivered([ended])
    assert await store.jobs.undelivered(ALICE) == []
    assert await store.jobs.job(job.id) == with_values(ended, undelivered=False)


async def test_jobs_to_go_on_with_come_oldest_first_and_without_those_told(store: Store) -> None:
    young, old = await received(store, after=2), await received(store, after=1)
    untold = old.ended(End.NOT_LINKED)
    await store.jobs.save(old, untold)
    over = await received(store)
    await store.jobs.save(over, with_values(over.ended(End.NOT_LINKED), told_at=NOON))
    assert await store.jobs.live() == [untold, young]


async def test_a_video_belongs_to_the_first_that_claims_it(store: Store, other: Store) -> None:
    path = (Stage.ASKING, Stage.RECORDING, Stage.LOOKING)
    first = await moved(store, await queued(store, a_target(1)), *path)
    second = await moved(other, await queued(other, a_target(2)), *path)
    claims = await asyncio.gather(
        store.jobs.save_unless_taken(first, with_values(first.moved(Stage.FETCHING), media_id=9)),
        other.jobs.save_unless_taken(second, with_values(second.moved(Stage.FETCHING), media_id=9)),
    )
    assert sorted(claims) == [False, True]
    loser = second if claims[0] else first
    assert await store.jobs.job(loser.id) == loser


async def test_another_blink_account_has_its_own_videos(store: Store) -> None:
    path = (Stage.ASKING, Stage.RECORDING, Stage.LOOKING)
    ours = await moved(store, await queued(store, a_target(account=5)), *path)
    theirs = await moved(store, await queued(store, a_target(account=6), user_id=1), *path)
    assert await store.jobs.save_unless_taken(ours, with_values(ours.moved(Stage.FETCHING), media_id=9))
    assert await store.jobs.save_unless_taken(theirs, with_values(theirs.moved(Stage.FETCHING), media_id=9))


async def test_claiming_for_a_job_that_somebody_ended_is_superseded(store: Store) -> None:
    job = await moved(store, await queued(store), Stage.ASKING, Stage.LOOKING)
    await store.jobs.save(job, job.ended(End.NO_VIDEO))
    with pytest.raises(Superseded):
        await store.jobs.save_unless_taken(job, with_values(job.moved(Stage.FETCHING), media_id=9))


@pytest.mark.parametrize("owner", [None, Owner(BOB, "Bob", "f" * 16)], ids=["their own", "somebody else's"])
async def test_of_whoever_unlinks_meanwhile_no_end_is_kept_once_it_was_told(
    store: Store, other: Store, owner: Owner | None
) -> None:
    owner_id = owner.user_id if owner else ALICE
    await store.accounts.link(an_account(owner_id))
    job = await queued(store, a_target(), owner=owner)
    await other.accounts.unlink(owner_id)
    ended = job.ended(End.DELIVERED)
    await store.jobs.save(job, ended)
    assert await store.jobs.job(job.id) == ended, "it has not been told yet"
    await store.jobs.save(ended, with_values(ended, told_at=NOON))
    assert await store.jobs.job(job.id) is None


async def test_an_end_is_kept_of_whoever_never_had_a_link_and_found_no_camera_of_others(store: Store) -> None:
    job = await received(store, shares=("f" * 16,))
    ended = with_values(job.ended(End.CAMERA_UNKNOWN), told_at=NOON)
    await store.jobs.save(job, ended)
    assert await store.jobs.job(job.id) == ended


async def test_old_jobs_are_forgotten_once_they_were_told(store: Store) -> None:
    await store.accounts.link(an_account())
    told_long_ago, told_now, never_told = [await received(store) for _ in range(3)]
    await store.jobs.save(told_long_ago, with_values(told_long_ago.ended(End.BUSY), told_at=NOON))
    await store.jobs.save(told_now, with_values(told_now.ended(End.BUSY), told_at=NOON + timedelta(days=30)))
    await store.jobs.forget(ended_before=NOON + timedelta(seconds=1), tokens_before=NOON)
    assert await store.jobs.job(told_long_ago.id) is None
    assert await store.jobs.job(told_now.id)
    assert await store.jobs.job(never_told.id) == never_told


async def test_expired_interaction_tokens_are_erased_and_the_rest_stays(store: Store) -> None:
    job = await received(store)
    await store.jobs.forget(ended_before=NOON, tokens_before=job.reply.expires_at)
    assert await store.jobs.job(job.id) == job
    await store.jobs.forget(ended_before=NOON, tokens_before=job.reply.expires_at + timedelta(seconds=1))
    assert await store.jobs.job(job.id) == replace(job, reply=replace(job.reply, token=None))


async def _only(store: Store) -> Job:
    (job,) = await store.jobs.live()
    return job


async def test_the_cameras_next_command_is_known_even_if_its_job_has_ended_since(store: Store) -> None:
    first = await _began(store, 0)
    assert await store.jobs.next_start(first) is None
    await _began(store, 5, camera=2)
    assert await store.jobs.next_start(first) is None, "another camera's"
    later, next_one = await _began(store, 30), await _began(store, 20)
    assert await store.jobs.next_start(first) == NOON + timedelta(seconds=20)
    assert await store.jobs.next_start(next_one) == NOON + timedelta(seconds=30)
    assert await store.jobs.next_start(later) is None
    await store.accounts.link(an_account(next_one.request.user_id))
    ended = with_values(next_one.ended(End.NO_VIDEO), told_at=NOON + timedelta(seconds=50))
    await store.jobs.save(next_one, ended)
    assert await store.jobs.next_start(first) == NOON + timedelta(seconds=20)


async def _began(store: Store, seconds: float, *, camera: int = 1) -> Job:
    """A job of somebody that looks for the video of a command that began so many seconds past noon."""
    job = await queued(store, a_target(camera), user_id=int(seconds) + 1)
    asking = with_values(job.moved(Stage.ASKING), blink_started_at=NOON + timedelta(seconds=seconds))
    await store.jobs.save(job, asking)
    return await moved(store, asking, Stage.LOOKING)
