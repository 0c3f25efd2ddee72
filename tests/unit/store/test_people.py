"""What people chose is remembered, and so are a few facts about the bot itself."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.models import CameraKey, CameraKind, NotifyClips, Owner, Person, Stage
from bot.store import Store
from tests.support.databases import Outside
from tests.support.examples import ALICE, BOB, NOON
from tests.support.jobs import TARGET, a_job


async def test_a_stranger_has_the_defaults(store: Store) -> None:
    assert await store.people.person(ALICE) == Person(ALICE)


@pytest.mark.parametrize("choice", NotifyClips)
async def test_a_choice_is_remembered_and_can_be_changed(store: Store, choice: NotifyClips) -> None:
    await store.people.remember(Person(ALICE, NotifyClips.NEVER, NOON, dms_closed_told=True, dms_introduced=True))
    changed = Person(ALICE, choice, None, dms_closed_told=False, dms_introduced=True)
    await store.people.remember(changed)
    assert await store.people.person(ALICE) == changed
    assert await store.people.person(BOB) == Person(BOB)


async def test_a_version_that_knows_no_slow_copies_reads_no_choice(store: Store, database: Outside) -> None:
    await store.people.remember(Person(ALICE, NotifyClips.SLOW))
    assert database.rows("SELECT notify_clips FROM people") == [(None,)]


async def test_the_cameras_used_last_come_first_and_each_once(store: Store) -> None:
    front, kitchen = CameraKey(CameraKind.CAMERA, 410, 610), CameraKey(CameraKind.OWL, 410, 620)
    uses = [(front, None), (kitchen, None), (front, Owner(BOB, "Bob", "ab")), (front, None)]
    for number, (key, owner) in enumerate(uses):
        await store.jobs.insert(
            a_job(
                id=f"{number:032x}",
                interaction_id=number,
                user_id=ALICE,
                created_at=NOON + timedelta(minutes=number),
                target=replace(TARGET, key=key),
                owner=owner,
                stage=Stage.ENDED,
            )
        )
    await store.jobs.insert(a_job(id="f" * 32, interaction_id=9, user_id=ALICE, created_at=NOON, target=None))
    assert await store.people.last_used(ALICE) == [str(front), f"of.{BOB}.{front}", str(kitchen)]
    assert await store.people.last_used(BOB) == []


async def test_remembered_values_outlive_the_process_that_wrote_them(store: Store, other: Store) -> None:
    assert await store.meta("commands:1") is None
    await store.set_meta("commands:1", "a")
    await store.set_meta("commands:1", "b")
    await store.set_meta("commands:2", "c")
    assert await other.meta("commands:1") == "b"


async def test_an_open_store_is_well(store: Store) -> None:
    await store.check()
