"""One clip at a time per network, in order, and not too many per person."""

import asyncio
from typing import Any

import pytest

from bot.models import Admission, End, HeldBack, Job, Stage, Superseded
from bot.store import Store
from bot.store.errors import Conflict
from tests.support.examples import ALICE, BOB, a_target, moved, queued, received
from tests.support.jobs import with_values


async def test_asking_for_a_camera_that_is_under_way_points_to_that_job(store: Store) -> None:
    running = await queued(store, a_target(1))
    again = await received(store, after=1)
    admission = await store.jobs.queue(again, again.moved(Stage.QUEUED, target=a_target(1)), most=3)
    assert admission == Admission(queued=False, running=running)
    assert await store.jobs.job(again.id) == again


@pytest.mark.parametrize(
    "stages",
    [
        (Stage.ASKING,),
        (Stage.ASKING, Stage.BUSY),
        (Stage.ASKING, Stage.RECORDING),
        (Stage.ASKING, Stage.LOOKING),
    ],
    ids=lambda stages: stages[-1].value,
)
async def test_a_job_points_to_the_running_one_until_that_has_its_video(
    store: Store, stages: tuple[Stage, ...]
) -> None:
    running = await moved(store, await queued(store), *stages)
    again = await received(store)
    waiting = again.moved(Stage.QUEUED, target=a_target())
    assert (await store.jobs.queue(again, waiting, most=3)).running == running
    if running.stage is Stage.LOOKING:  # from here on it is only delivered, which keeps no camera
        await store.jobs.save(running, with_values(running.moved(Stage.FETCHING), media_id=1, media_path="/x.mp4"))
    else:
        await store.jobs.save(running, running.ended(End.FAILED))
    assert (await store.jobs.queue(again, waiting, most=3)).queued


async def test_another_person_may_want_the_same_camera(store: Store) -> None:
    await queued(store, a_target(1), user_id=ALICE)
    job = await received(store, user_id=BOB)
    assert (await store.jobs.queue(job, job.moved(Stage.QUEUED, target=a_target(1)), most=3)).queued


async def test_a_person_has_at_most_so_many_jobs(store: Store) -> None:
    for camera in (1, 2, 3):
        await queued(store, a_target(camera), user_id=ALICE)
    await received(store, user_id=ALICE)  # not admitted yet, so it does not count
    fourth = await received(store, user_id=ALICE)
    waiting = fourth.moved(Stage.QUEUED, target=a_target(4))
    assert await store.jobs.queue(fourth, waiting, most=3) == Admission(queued=False)
    assert await store.jobs.job(fourth.id) == fourth
    assert (await store.jobs.queue(fourth, waiting, most=4)).queued


async def test_of_many_wishes_for_one_camera_at_once_one_is_queued(store: Store, other: Store) -> None:
    jobs = [await received(each) for each in [store, other] * 4]
    admissions = await asyncio.gather(
        *(
            each.jobs.queue(job, job.moved(Stage.QUEUED, target=a_target()), most=3)
            for job, each in zip(jobs, [store, other] * 4, strict=True)
        )
    )
    assert sum(admission.queued for admission in admissions) == 1
    (winner,) = [job.id for job, admission in zip(jobs, admissions, strict=True) if admission.queued]
    assert {admission.running.id for admission in admissions if admission.running} == {winner}


async def test_the_limit_holds_when_all_come_at_once(store: Store, other: Store) -> None:
    jobs = [await received(each) for each in [store, other] * 4]
    admissions = await asyncio.gather(
        *(
            each.jobs.queue(job, job.moved(Stage.QUEUED, target=a_target(camera)), most=3)
            for camera, (job, each) in enumerate(zip(jobs, [store, other] * 4, strict=True))
        )
    )
    assert sum(admission.queued for admission in admissions) == 3


async def test_queueing_a_job_that_somebody_ended_is_superseded(store: Store) -> None:
    job = await received(store)
    await store.jobs.save(job, job.ended(End.WAITED_TOO_LONG))
    with pytest.raises(Superseded):
        await store.jobs.queue(job, job.moved(Stage.QUEUED, target=a_target()), most=3)


async def test_queueing_a_job_that_somebody_has_queued_is_superseded(store: Store) -> None:
    job = await received(store)
    waiting = job.moved(Stage.QUEUED, target=a_target())
    assert (await store.jobs.queue(job, waiting, most=1)).queued
    with pytest.raises(Superseded):
        await store.jobs.queue(job, waiting, most=1)


async def _queue(store: Store, job: Job, camera: int = 1, *, network: int = 7) -> Admission:
    """Let a job begin at once if it can."""
    waiting = job.moved(Stage.QUEUED, target=a_target(camera, network=network))
    return await store.jobs.queue(job, waiting, most=5, begun=waiting.moved(Stage.ASKING))


async def test_a_job_whose_turn_has_come_begins_at_once(store: Store) -> None:
    job = await received(store)
    assert await _queue(store, job) == Admission(queued=True, begun=True)
    assert await store.jobs.job(job.id) == job.moved(Stage.QUEUED, target=a_target()).moved(Stage.ASKING)


async def test_a_job_that_is_not_next_waits(store: Store) -> None:
    older = await received(store, user_id=BOB)
    running, younger = await received(store, after=1), await received(store, after=2)
    assert (await _queue(store, running)).begun
    assert await _queue(store, older, 2) == Admission(queued=True)
    waiting = older.moved(Stage.QUEUED, target=a_target(2))
    assert await store.jobs.job(older.id) == waiting
    asking = running.moved(Stage.QUEUED, target=a_target()).moved(Stage.ASKING)
    await store.jobs.save(asking, asking.ended(End.FAILED))
    assert await _queue(store, younger, 3) == Admission(queued=True), "an older one waits for the same network"
    assert await _take(store, waiting)


async def test_a_job_does_not_begin_at_once_if_an_older_one_of_its_person_is_still_looked_up(store: Store) -> None:
    older, younger = await received(store), await received(store, after=1)
    others = await received(store, after=1, user_id=BOB)
    assert not (await _queue(store, younger)).begun
    assert (await _queue(store, others, 2, network=8)).begun
    assert (await _queue(store, older, 3)).begun


async def test_the_fourth_of_a_person_does_not_begin_at_once(store: Store) -> None:
    jobs = [await received(store, after=number) for number in range(4)]
    assert [(await _queue(store, job, network=7 + at)).begun for at, job in enumerate(jobs)] == [True] * 3 + [False]


async def test_of_many_who_would_begin_at_once_one_does_and_the_others_wait(store: Store, other: Store) -> None:
    jobs = [(each, await received(each, user_id=number)) for number, each in enumerate([store, other] * 4)]
    admissions = await asyncio.gather(*(_queue(each, job, number) for number, (each, job) in enumerate(jobs)))
    assert all(admission.queued for admission in admissions)
    assert [admission.begun for admission in admissions].count(True) == 1
    stages = sorted(job.stage for job in await store.jobs.live())
    assert stages == [Stage.ASKING] + [Stage.QUEUED] * 7


async def test_turns_come_in_the_order_of_asking(store: Store) -> None:
    second, first = await queued(store, a_target(1), after=2), await queued(store, a_target(2), after=1)
    assert not await _take(store, second)
    assert await _take(store, first)
    assert await store.jobs.job(first.id) == first.moved(Stage.ASKING)
    assert await store.jobs.job(second.id) == second


async def test_jobs_of_the_same_moment_take_turns_too(store: Store) -> None:
    jobs = [await queued(store, a_target(camera)) for camera in range(4)]
    turns = [await _take(store, job) for job in jobs]
    assert sum(turns) == 1


@pytest.mark.parametrize("held", [(), (Stage.BUSY,), (Stage.RECORDING,)], ids=["asking", "busy", "recording"])
async def test_a_job_waits_while_the_network_is_occupied(store: Store, held: tuple[Stage, ...]) -> None:
    first, second = await queued(store, a_target(1)), await queued(store, a_target(2), after=1)
    assert await _take(store, first)
    holding = await moved(store, first.moved(Stage.ASKING), *held)
    assert not await _take(store, second)
    await store.jobs.save(holding, holding.ended(End.BUSY))
    assert await _take(store, second)


async def test_the_network_is_free_as_soon_as_the_recording_is_over(store: Store) -> None:
    first, second = await queued(store, a_target(1)), await queued(store, a_target(2), after=1)
    await moved(store, first, Stage.ASKING, Stage.RECORDING, Stage.LOOKING)
    assert await _take(store, second)


async def test_other_networks_and_other_homes_do_not_wait(store: Store) -> None:
    jobs = [
        await queued(store, a_target(1, network=7)),
        await queued(store, a_target(2, network=8)),
        await queued(store, a_target(1, network=7, account=6), user_id=BOB),
    ]
    assert [await _take(store, job) for job in jobs] == [True, True, True]


async def test_of_all_who_take_their_turn_at_once_one_does(store: Store, other: Store) -> None:
    jobs = [await queued(store, a_target(camera)) for camera in range(6)]
    turns = await asyncio.gather(*(_take(each, job) for job in jobs for each in (store, other)), return_exceptions=True)
    assert turns.count(True) == 1
    holding = [job for job in await store.jobs.live() if job.stage is Stage.ASKING]
    assert len(holding) == 1


async def test_taking_the_turn_of_a_job_that_somebody_moved_is_superseded(store: Store) -> None:
    job = await queued(store)
    assert await _take(store, job)
    with pytest.raises(Superseded):
        await _take(store, job)


async def test_the_place_counts_who_is_before(store: Store) -> None:
    first, second, third = [await queued(store, a_target(camera), after=camera) for camera in (1, 2, 3)]
    elsewhere = await queued(store, a_target(4, network=8))
    assert [(await store.jobs.order(job)).position(job.id) for job in (first, second, third, elsewhere)] == [0, 1, 2, 0]
    await _take(store, first)
    assert [(await store.jobs.order(job)).position(job.id) for job in (first, second, third)] == [0, 1, 2]
    await moved(store, first.moved(Stage.ASKING), Stage.LOOKING)
    assert [(await store.jobs.order(job)).position(job.id) for job in (second, third)] == [0, 1]


async def _take(store: Store, job: Job) -> bool:
    return await store.jobs.take_turn(job, job.moved(Stage.ASKING))


async def _running(store: Store, network: int, *, after: float = 0, **changes: Any) -> Job:
    job = await queued(store, a_target(network, network=network), after=after, **changes)
    assert await _take(store, job)
    return job.moved(Stage.ASKING)


async def test_the_fourth_of_a_person_waits_for_one_of_three_whatever_its_network(store: Store, other: Store) -> None:
    first, *_ = [await _running(store, network, after=network) for network in (1, 2, 3)]
    fourth = await queued(other, a_target(4, network=4), after=4)
    fifth = await queued(other, a_target(5, network=5), after=5)
    assert not await _take(other, fourth)
    assert (await store.jobs.order(fourth)).held_back(fourth.id) == HeldBack(0)
    assert (await store.jobs.order(fifth)).held_back(fifth.id) == HeldBack(1)
    bobs = await queued(other, a_target(9, network=4), after=6, user_id=BOB)
    assert await _take(other, bobs), "nobody else waits"
    await other.jobs.save(bobs.moved(Stage.ASKING), bobs.moved(Stage.ASKING).ended(End.FAILED))
    looking = await moved(store, first, Stage.LOOKING)
    assert not await _take(other, fourth), "three run as long as one looks for its video"
    await store.jobs.save(looking, looking.ended(End.NO_VIDEO))
    assert not await _take(other, fifth), "the older one is first"
    assert (await store.jobs.order(fourth)).held_back(fourth.id) is None


async def test_what_waits_for_one_network_leaves_a_person_free_to_use_another(store: Store) -> None:
    await _running(store, 7)
    for camera in (1, 2):
        await queued(store, a_target(camera), after=camera)
    fourth = await queued(store, a_target(4, network=8), after=3)
    assert (await store.jobs.order(fourth)).held_back(fourth.id) is None
    assert await _take(store, fourth)


async def test_of_many_turns_that_one_person_takes_at_once_three_are_given(store: Store, other: Store) -> None:
    jobs = [(each, await queued(each, a_target(n, network=n), after=n)) for n, each in enumerate([store, other] * 3)]
    turns = await asyncio.gather(*(_take(each, job) for each, job in jobs))
    assert sum(turns) <= 3
    turns = [await _take(each, job) for (each, job), begun in zip(jobs, turns, strict=True) if not begun]
    assert len([job for job in await store.jobs.live() if job.stage is Stage.ASKING]) == 3


async def test_a_network_is_held_once_whoever_writes_it(store: Store) -> None:
    first, second = await queued(store, a_target(1)), await queued(store, a_target(2), after=1)
    await store.jobs.save(first, first.moved(Stage.ASKING))
    with pytest.raises(Conflict):
        await store.jobs.save(second, second.moved(Stage.ASKING))
