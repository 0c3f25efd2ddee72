"""Links are kept whole, and their tokens are refreshed by one at a time."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.models import Region
from bot.store import Store
from tests.support.databases import Outside
from tests.support.examples import ALICE, BOB, NOON, an_account, eventually, some_tokens


async def test_a_link_comes_back_as_it_was_saved(store: Store) -> None:
    account = an_account(last_success_at=NOON, signed_out_at=NOON + timedelta(seconds=1))
    await store.accounts.link(account)
    assert await store.accounts.account(ALICE) == account
    assert await store.accounts.account(BOB) is None


async def test_a_link_without_a_home_yet_comes_back_so(store: Store) -> None:
    account = an_account(region=None, tokens=replace(some_tokens(), hardware_id=None))
    await store.accounts.link(account)
    assert await store.accounts.account(ALICE) == account


async def test_links_are_listed_oldest_first(store: Store) -> None:
    young, old = an_account(ALICE, linked_at=NOON), an_account(BOB, linked_at=NOON - timedelta(days=1))
    await store.accounts.link(young)
    await store.accounts.link(old)
    assert await store.accounts.accounts() == [old, young]


async def test_a_new_link_replaces_the_old_one_and_its_refresh(store: Store) -> None:
    old, new = an_account(), an_account(region=None)
    await store.accounts.link(old)
    assert await store.accounts.claim_refresh(old, owner="a", seconds=60)
    await store.accounts.link(new)
    assert await store.accounts.account(ALICE) == new
    assert not await store.accounts.save_tokens(old, owner="a", tokens=some_tokens())
    assert await store.accounts.claim_refresh(new, owner="b", seconds=60)


async def test_unlinking_says_whether_there_was_a_link(store: Store) -> None:
    await store.accounts.link(an_account())
    assert await store.accounts.unlink(ALICE)
    assert not await store.accounts.unlink(ALICE)
    assert await store.accounts.account(ALICE) is None


async def test_what_is_learnt_is_remembered(store: Store) -> None:
    account = an_account(region=None)
    await store.accounts.link(account)
    await store.accounts.save_region(account, Region("u011", 99))
    await store.accounts.mark_success(account, at=NOON)
    await store.accounts.mark_signed_out(account, at=NOON + timedelta(hours=1))
    assert await store.accounts.account(ALICE) == replace(
        account, region=Region("u011", 99), last_success_at=NOON, signed_out_at=NOON + timedelta(hours=1)
    )


async def test_what_is_learnt_of_an_earlier_link_does_not_touch_the_new_one(store: Store) -> None:
    old, new = an_account(), an_account(region=None)
    await store.accounts.link(new)
    await store.accounts.save_region(old, Region("u011", 99))
    await store.accounts.mark_success(old, at=NOON)
    await store.accounts.mark_signed_out(old, at=NOON)
    assert not await store.accounts.claim_refresh(old, owner="a", seconds=60)
    assert await store.accounts.account(ALICE) == new


async def test_one_of_many_may_refresh(store: Store, other: Store) -> None:
    account = an_account()
    await store.accounts.link(account)
    claims = await asyncio.gather(
        *(
            each.accounts.claim_refresh(account, owner=f"{number}", seconds=60)
            for number, each in enumerate([store, other] * 4)
        )
    )
    assert sum(claims) == 1


async def test_refreshed_tokens_are_saved_and_the_right_is_given_back(store: Store) -> None:
    account, fresh = an_account(), some_tokens()
    await store.accounts.link(account)
    assert await store.accounts.claim_refresh(account, owner="a", seconds=60)
    assert await store.accounts.save_tokens(account, owner="a", tokens=fresh)
    assert await store.accounts.account(ALICE) == replace(account, tokens=fresh)
    assert not await store.accounts.save_tokens(account, owner="a", tokens=some_tokens())
    assert await store.accounts.claim_refresh(account, owner="b", seconds=60)


async def test_who_holds_the_right_may_take_more_time(store: Store) -> None:
    account = an_account()
    await store.accounts.link(account)
    assert await store.accounts.claim_refresh(account, owner="a", seconds=30)
    assert await store.accounts.claim_refresh(account, owner="a", seconds=60)
    assert not await store.accounts.claim_refresh(account, owner="b", seconds=60)


async def test_the_right_runs_out_by_the_clock_of_the_database(store: Store, other: Store) -> None:
    account = an_account()
    await store.accounts.link(account)
    assert await store.accounts.claim_refresh(account, owner="a", seconds=60)
    assert not await other.accounts.claim_refresh(account, owner="b", seconds=60)
    assert await store.accounts.claim_refresh(account, owner="a", seconds=0.1)
    await eventually(lambda: other.accounts.claim_refresh(account, owner="b", seconds=60))


async def test_a_right_from_before_the_clock_was_set_back_is_free(database: Outside, store: Store) -> None:
    account = an_account()
    await store.accounts.link(account)
    assert await store.accounts.claim_refresh(account, owner="a", seconds=60)
    assert not await store.accounts.claim_refresh(account, owner="b", seconds=60)
    later = datetime.now(UTC) + timedelta(hours=1)
    await asyncio.to_thread(database.execute, "UPDATE accounts SET refresh_until = ?", later)
    assert await store.accounts.claim_refresh(account, owner="b", seconds=60)


async def test_a_late_answer_is_still_saved_where_nobody_took_over(store: Store) -> None:
    account, fresh = an_account(), some_tokens()
    await store.accounts.link(account)
    assert await store.accounts.claim_refresh(account, owner="a", seconds=0)
    assert await store.accounts.save_tokens(account, owner="a", tokens=fresh)
    assert await store.accounts.account(ALICE) == replace(account, tokens=fresh)


async def test_a_right_given_back_is_free_for_the_next_and_only_its_owner_gives_it_back(store: Store) -> None:
    account = an_account()
    await store.accounts.link(account)
    assert await store.accounts.claim_refresh(account, owner="a", seconds=60)
    await store.accounts.release_refresh(account, owner="b")
    assert not await store.accounts.claim_refresh(account, owner="b", seconds=60)
    await store.accounts.release_refresh(account, owner="a")
    assert await store.accounts.claim_refresh(account, owner="b", seconds=60)
    assert await store.accounts.account(ALICE) == account
