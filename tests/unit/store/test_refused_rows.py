"""Of jobs that asked no camera for anything a person's newest are kept, and all that have something to tell."""

from datetime import timedelta
from typing import Any

from bot.models import End, Job
from bot.store import Store
from tests.support.examples import ALICE, BOB, NOON, received
from tests.support.jobs import with_values

KEPT = 20


async def over(store: Store, after: float, *, told: bool = True, undelivered: bool = False, **changes: Any) -> Job:
    """A job that has ended, told or not."""
    job = await received(store, after=after, **changes)
    ended = with_values(job.ended(End.CAMERA_UNKNOWN), told_at=NOON if told else None, undelivered=undelivered)
    await store.jobs.save(job, ended)
    return ended


async def ids(store: Store, user_id: int) -> list[str]:
    return [job.id for job in await store.jobs.of_person(user_id)]


async def test_the_newest_stay(store: Store) -> None:
    alices = [await over(store, number, shares=("x",)) for number in range(KEPT + 5)]
    bobs = await over(store, 0, user_id=BOB, shares=("x",))
    await store.jobs.forget(ended_before=NOON - timedelta(days=30), tokens_before=NOON)
    assert await ids(store, ALICE) == [job.id for job in alices[5:]]
    assert await ids(store, BOB) == [bobs.id]


async def test_what_has_something_to_tell_or_asked_a_camera_stays_and_counts_not(store: Store) -> None:
    special = [
        await over(store, 0, told=False),
        await over(store, 1, undelivered=True, shares=("x",)),
        await over(store, 2, asked_at=NOON, shares=("x",)),
        await received(store, after=3),
    ]
    plain = [await over(store, 4 + number, shares=("x",)) for number in range(KEPT)]
    await store.jobs.forget(ended_before=NOON - timedelta(days=30), tokens_before=NOON)
    assert await ids(store, ALICE) == [job.id for job in [*special, *plain]]
