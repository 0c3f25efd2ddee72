"""Who used which share: equal uses are one line, and a job's line is there with the job, or not at all."""

from datetime import timedelta

from bot.models import Kind, LiveView, Owner, Right, Share, Stage
from bot.store import Store
from tests.support.examples import ALICE, BOB, NOON, a_job, a_share, a_target, a_use


async def _given(store: Store) -> Share:
    given = await store.shares.give(a_share(), most=1)
    assert given
    return given


async def test_many_equal_looks_are_one_line_and_leave_the_clip_in_sight(store: Store) -> None:
    given = await _given(store)
    assert await store.shares.use(given, a_use())
    look = a_use(right=Right.STATUS, at=NOON + timedelta(minutes=1))
    for number in range(50):
        await store.shares.use(given, a_use(right=Right.STATUS, at=look.at + timedelta(minutes=number)))
    looks, clip = await store.shares.uses(ALICE, since=NOON, most=20)
    assert clip == a_use()
    assert (looks.times, looks.began_at, looks.at) == (50, look.at, look.at + timedelta(minutes=49))


async def test_what_differs_or_is_of_another_day_stays_apart(store: Store) -> None:
    given = await _given(store)
    uses = [
        a_use(),
        a_use(label="Garden"),
        a_use(user_id=42),
        a_use(right=Right.ARM),
        a_use(at=NOON + timedelta(days=2)),
    ]
    for one in uses:
        await store.shares.use(given, one)
    found = await store.shares.uses(ALICE, since=NOON, most=99)
    assert {one.times for one in found} == {1}
    assert sorted(found, key=repr) == sorted(uses, key=repr)


async def test_the_log_has_pages(store: Store) -> None:
    given = await _given(store)
    for number in range(5):
        await store.shares.use(given, a_use(label=f"Camera {number}", at=NOON + timedelta(minutes=number)))
    pages = [await store.shares.uses(ALICE, since=NOON, most=2, skip=skip) for skip in (0, 2, 4)]
    assert [[one.label[-1] for one in page] for page in pages] == [["4", "3"], ["2", "1"], ["0"]]


async def test_a_job_is_queued_and_written_down_as_a_use_in_one_go(store: Store) -> None:
    given = await _given(store)
    job = a_job(user_id=BOB, owner=Owner(ALICE, "Alice", given.id), shares=(given.id,))
    await store.jobs.insert(job)
    admission = await store.jobs.queue(job, job.moved(Stage.QUEUED, target=a_target(1)), most=3)
    assert (admission.queued, admission.first_use) == (True, True)
    [use] = await store.shares.uses(ALICE, since=NOON, most=9)
    assert use == a_use(label="Camera 1 · Home 7")


async def test_a_live_view_is_written_down_as_one(store: Store) -> None:
    given = await _given(store)
    job = a_job(user_id=BOB, owner=Owner(ALICE, "Alice", given.id), shares=(given.id,))
    await store.jobs.insert(job)
    queued = job.moved(Stage.QUEUED, target=a_target(1), live=LiveView(15, None))
    assert (await store.jobs.queue(job, queued, most=3)).queued
    [use] = await store.shares.uses(ALICE, since=NOON, most=9)
    assert use == a_use(right=Right.LIVE, label="Camera 1 · Home 7")


async def test_a_recording_is_chosen_and_written_down_as_a_use_in_one_go(store: Store) -> None:
    given = await _given(store)
    job = a_job(user_id=BOB, kind=Kind.RECENT, owner=Owner(ALICE, "Alice", given.id), shares=(given.id,))
    await store.jobs.insert(job)
    assert await store.jobs.choose(job, job.moved(Stage.FETCHING, target=a_target(1)))
    [use] = await store.shares.uses(ALICE, since=NOON, most=9)
    assert use == a_use(right=Right.RECENT, label="Camera 1 · Home 7")


async def test_a_job_that_is_not_queued_is_no_use(store: Store) -> None:
    given = await _given(store)
    job = a_job(user_id=BOB, owner=Owner(ALICE, "Alice", given.id), shares=(given.id,))
    await store.jobs.insert(job)
    assert not (await store.jobs.queue(job, job.moved(Stage.QUEUED, target=a_target(1)), most=0)).queued
    assert await store.shares.uses(ALICE, since=NOON, most=9) == []
