"""Answers that could be told nowhere are kept until they are read, for a month at most, and not beyond /unlink."""

import asyncio
from datetime import timedelta

import pytest

from bot.store import Store
from tests.support.databases import Outside
from tests.support.examples import ALICE, BOB, NOON, an_account


async def test_they_are_kept_in_order_for_their_person_until_they_are_read(store: Store) -> None:
    first, second = await store.untold.keep(ALICE, "It is armed."), await store.untold.keep(ALICE, "It is off.")
    await store.untold.keep(BOB, "Saved.")
    assert await store.untold.of_person(ALICE) == {first: "It is armed.", second: "It is off."}
    await store.untold.delivered([first, second])
    assert await store.untold.of_person(ALICE) == {}
    assert [*(await store.untold.of_person(BOB)).values()] == ["Saved."]


@pytest.mark.parametrize("linked", [True, False])
async def test_unlinking_deletes_them(store: Store, linked: bool) -> None:
    if linked:
        await store.accounts.link(an_account(ALICE))
    await store.untold.keep(ALICE, "It is armed.")
    assert await store.accounts.unlink(ALICE) is linked
    assert await store.untold.of_person(ALICE) == {}


async def test_for_whom_nobody_came_for_a_month_they_are_forgotten(store: Store, database: Outside) -> None:
    await store.untold.keep(ALICE, "It is armed.")
    await asyncio.to_thread(database.execute, "UPDATE untold SET at = ?", NOON - timedelta(days=400))
    await store.untold.keep(BOB, "Saved.")
    assert await store.untold.of_person(ALICE) == {}
