"""What people chose is remembered, and so are a few facts about the bot itself."""

import pytest

from bot.models import NotifyClips, Person
from bot.store import Store
from tests.support.examples import ALICE, BOB, NOON


async def test_a_stranger_has_the_defaults(store: Store) -> None:
    assert await store.people.person(ALICE) == Person(ALICE)


@pytest.mark.parametrize("choice", [None, *NotifyClips])
async def test_a_choice_is_remembered_and_can_be_changed(store: Store, choice: NotifyClips | None) -> None:
    await store.people.remember(Person(ALICE, NotifyClips.NEVER, NOON, dms_closed_told=True, dms_introduced=True))
    changed = Person(ALICE, choice, None, dms_closed_told=False, dms_introduced=True)
    await store.people.remember(changed)
    assert await store.people.person(ALICE) == changed
    assert await store.people.person(BOB) == Person(BOB)


async def test_remembered_values_outlive_the_process_that_wrote_them(store: Store, other: Store) -> None:
    assert await store.meta("commands:1") is None
    await store.set_meta("commands:1", "a")
    await store.set_meta("commands:1", "b")
    await store.set_meta("commands:2", "c")
    assert await other.meta("commands:1") == "b"


async def test_an_open_store_is_well(store: Store) -> None:
    await store.check()
