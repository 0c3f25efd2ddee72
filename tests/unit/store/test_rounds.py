"""A round in the database: its cameras come back as they were, and a version without rounds leaves its row alone."""

from typing import Any

import pytest

from bot.models import CameraKey, CameraKind, End, Job, Owner, Progress, Round, Shot, Stage
from bot.store import Store
from bot.store.errors import Conflict
from tests.support.databases import Outside
from tests.support.examples import BOB, a_target, queued, received

STRANGE = 'a "name" \0 with \ud800 signs, ünïcode and 📷'
DOOR, HALL = (CameraKey(CameraKind.OWL, 7, number) for number in (1, 2))
ROUND = Round((Shot(DOOR, "Door", "grant-1"), Shot(HALL, "Hall")), ("Attic",))
ON_THE_WAY = [stage for stage in Stage if stage not in (Stage.RECEIVED, Stage.LIVE, Stage.ENDED)]


async def _received(store: Store, **changes: Any) -> Job:
    return await received(store, round=Round(), **changes)


async def _queued(store: Store, **changes: Any) -> Job:
    job = await _received(store, **changes)
    waiting = job.moved(Stage.QUEUED, target=a_target(), round=ROUND)
    assert (await store.jobs.queue(job, waiting, most=99)).queued
    return waiting


async def _at(store: Store, stage: Stage) -> Job:
    """Return a round that stands there."""
    job = await _queued(store)
    way = [Stage.ASKING, *([stage] if stage is Stage.BUSY else [Stage.RECORDING, Stage.LOOKING, Stage.FETCHING])]
    for next_stage in way:
        if job.stage is stage:
            break
        before, job = job, job.moved(next_stage)
        await store.jobs.save(before, job)
    assert job.stage is stage
    return job


async def test_what_became_of_each_camera_comes_back(store: Store) -> None:
    job = await _queued(store)
    settled = Round(
        (Shot(DOOR, STRANGE, "grant-1", path="/media/1?ts=2"), Shot(HALL, "Hall", end=End.CAMERA_OFFLINE)), ("Attic",)
    )
    changed = job.changed(round=settled)
    await store.jobs.save(job, changed)
    kept = await store.jobs.job(job.id)
    assert kept
    assert kept.round
    assert kept.round.shots[1:] == settled.shots[1:]
    assert kept.round.shots[0].path == "/media/1?ts=2"
    assert kept.round.shots[0].name.startswith('a "name" ')
    assert kept.round.left_out == ("Attic",)


async def test_a_job_of_one_camera_has_no_round(store: Store) -> None:
    job = await queued(store)
    kept = await store.jobs.job(job.id)
    assert kept == job
    assert kept
    assert kept.round is None


async def test_a_round_goes_on_camera_by_camera_and_holds_the_system_each_time(store: Store) -> None:
    other = await queued(store, a_target(camera=3), user_id=BOB, after=1)
    job = await _queued(store)
    for camera in (DOOR, HALL):
        assert job.target
        assert job.target.key == camera
        asking = job.moved(Stage.ASKING, progress=Progress(picture_before="/old"))
        assert await store.jobs.take_turn(job, asking)
        assert not await store.jobs.take_turn(other, other.moved(Stage.ASKING))
        assert (await store.jobs.order(other)).position(other.id) == 1
        looking = asking.moved(Stage.RECORDING)
        await store.jobs.save(asking, looking)
        before, looking = looking, looking.moved(Stage.LOOKING)
        await store.jobs.save(before, looking)
        job = looking.with_picture(f"/new/{camera.camera_id}")
        await store.jobs.save(looking, job)
    assert job.stage is Stage.FETCHING
    assert await store.jobs.take_turn(other, other.moved(Stage.ASKING))
    assert await store.jobs.job(job.id) == job


async def test_a_second_round_points_to_the_first_and_a_clip_of_one_camera_does_not(store: Store) -> None:
    job = await _queued(store)
    again = await _received(store, after=1)
    waiting = again.moved(Stage.QUEUED, target=a_target(2), round=ROUND)
    assert (await store.jobs.queue(again, waiting, most=99)).running == job
    clip = await received(store, after=2)
    assert (await store.jobs.queue(clip, clip.moved(Stage.QUEUED, target=a_target()), most=99)).queued


async def test_a_round_counts_as_one_of_its_persons_jobs(store: Store) -> None:
    await _queued(store)
    clip = await received(store, after=2)
    assert not (await store.jobs.queue(clip, clip.moved(Stage.QUEUED, target=a_target(4)), most=1)).queued


async def test_a_round_is_found_after_its_process_is_gone(store: Store, other: Store, database: Outside) -> None:
    job = await _at(other, Stage.LOOKING)
    database.execute("UPDATE clip_jobs SET owner = NULL")
    assert await store.jobs.claim() == [job]
    assert await store.jobs.live() == [job]


async def test_a_guests_round_comes_back_with_the_share_of_its_camera(store: Store) -> None:
    job = await _queued(store)
    guest = job.changed(owner=Owner(BOB, "Bob", "grant-0")).of_shot(ROUND.shots[0])
    await store.jobs.save(job, guest)
    kept = await store.jobs.job(job.id)
    assert kept
    assert kept.owner == Owner(BOB, "Bob", "grant-1")


# The version before rounds.

OLD = "('asking', 'busy', 'ended', 'fetching', 'live', 'looking', 'queued', 'received', 'recording')"
OLD_CLAIM = f"UPDATE clip_jobs SET owner = 'old' WHERE told_at IS NULL AND stage IN {OLD} AND owner IS NULL"  # noqa: S608


@pytest.mark.parametrize("stage", ON_THE_WAY)
async def test_the_version_before_leaves_a_round_alone_in_each_stage(
    store: Store, database: Outside, stage: Stage
) -> None:
    job = await _at(store, stage)
    database.execute("UPDATE clip_jobs SET owner = NULL")
    before = database.rows("SELECT * FROM clip_jobs")
    database.execute(OLD_CLAIM)
    database.execute("UPDATE clip_jobs SET owner = 'old' WHERE stage IN ('received')")
    database.execute(f"UPDATE clip_jobs SET stage = 'ended' WHERE stage = '{stage}'")  # noqa: S608
    assert database.rows("SELECT * FROM clip_jobs") == before
    assert await store.jobs.claim() == [job]


async def test_the_version_before_leaves_a_round_alone_that_is_just_received(store: Store, database: Outside) -> None:
    job = await _received(store)
    database.execute("UPDATE clip_jobs SET owner = NULL")
    database.execute(OLD_CLAIM)
    database.execute("UPDATE clip_jobs SET owner = 'old' WHERE stage IN ('received')")
    assert await store.jobs.claim() == [job]


async def test_the_version_before_cannot_use_a_system_that_a_round_holds(store: Store, database: Outside) -> None:
    await _at(store, Stage.RECORDING)
    clip = await queued(store, a_target(3), user_id=BOB)
    asking = clip.moved(Stage.ASKING)
    with pytest.raises(Conflict):
        await store.jobs.save(clip, asking)


async def test_an_end_is_spelt_as_that_of_any_job(store: Store, database: Outside) -> None:
    job = await _at(store, Stage.LOOKING)
    await store.jobs.save(job, job.ended(End.NO_PICTURE))
    assert database.rows("SELECT stage FROM clip_jobs") == [("ended",)]
