"""Rotated tokens are saved by whoever has them, and a mark is only as good as the token that it was set for."""

from dataclasses import replace

from bot.store import Store
from tests.support.examples import ALICE, NOON, an_account, some_tokens


async def test_a_save_takes_away_the_mark_that_was_set_for_the_same_used_token(store: Store) -> None:
    account, fresh = an_account(), some_tokens()
    await store.accounts.link(account)
    assert await store.accounts.claim_refresh(account, owner="a", seconds=0)
    assert await store.accounts.claim_refresh(account, owner="b", seconds=60)
    assert await store.accounts.mark_signed_out(account, at=NOON)
    assert await store.accounts.save_tokens(account, owner="a", tokens=fresh)
    assert await store.accounts.account(ALICE) == replace(account, tokens=fresh)


async def test_a_refused_token_that_has_been_replaced_marks_nothing(store: Store) -> None:
    account, fresh = an_account(), some_tokens()
    await store.accounts.link(account)
    assert await store.accounts.claim_refresh(account, owner="a", seconds=60)
    assert await store.accounts.save_tokens(account, owner="a", tokens=fresh)
    assert not await store.accounts.mark_signed_out(account, at=NOON)
    assert await store.accounts.account(ALICE) == replace(account, tokens=fresh)


async def test_a_save_whose_answer_was_lost_may_be_repeated(store: Store) -> None:
    account, fresh = an_account(), some_tokens()
    await store.accounts.link(account)
    assert await store.accounts.claim_refresh(account, owner="a", seconds=60)
    assert await store.accounts.save_tokens(account, owner="a", tokens=fresh)
    assert await store.accounts.save_tokens(account, owner="a", tokens=fresh)


async def test_who_was_late_saves_too_but_leaves_the_right_and_the_last_word_to_who_has_it(store: Store) -> None:
    account, late, last = an_account(), some_tokens(), some_tokens()
    await store.accounts.link(account)
    assert await store.accounts.claim_refresh(account, owner="a", seconds=0)
    assert await store.accounts.claim_refresh(account, owner="b", seconds=60)
    assert await store.accounts.save_tokens(account, owner="a", tokens=late)
    assert not await store.accounts.claim_refresh(account, owner="c", seconds=60)
    assert await store.accounts.save_tokens(account, owner="b", tokens=last)
    assert not await store.accounts.save_tokens(account, owner="a", tokens=late)
    assert await store.accounts.account(ALICE) == replace(account, tokens=last)
