"""Shares in the database: found by whom they are for, changed and not doubled, and gone when they are revoked."""

import asyncio
from dataclasses import replace
from datetime import timedelta

from bot.models import End, Guest, Hours, Owner, Region, Right, Stage
from bot.store import Store
from tests.support.examples import (
    ALICE,
    BOB,
    NOON,
    a_job,
    a_share,
    a_shared_subscription,
    a_target,
    a_use,
    an_account,
    queued,
)
from tests.support.jobs import with_values

HERE = 14
CAROL = 42


async def test_what_was_given_to_a_person_and_to_their_roles_is_found_in_its_server_only(store: Store) -> None:
    to_bob = a_share()
    to_role = a_share(guest_id=77, to_role=True, created_at=NOON + timedelta(seconds=1))
    for one in (to_bob, to_role, a_share(guild_id=15), a_share(guest_id=CAROL), a_share(guest_id=78, to_role=True)):
        assert await store.shares.give(one, most=99) == one
    assert await store.shares.given_to(Guest(BOB, HERE)) == [to_bob]
    assert await store.shares.given_to(Guest(BOB, HERE, frozenset({77, 99}))) == [to_bob, to_role]
    assert await store.shares.given_to(Guest(77, HERE)) == [], "a person's id is no role's"
    assert await store.shares.given_to(Guest(CAROL, HERE, frozenset({BOB}))) != [to_bob]


async def test_all_that_a_share_says_comes_back(store: Store) -> None:
    whole = a_share(
        scope="network.7", rights=frozenset(Right), until=NOON, hours=Hours(60, 0, "Europe/Berlin"), owner_name="A\0b"
    )
    await store.shares.give(whole, most=1)
    assert await store.shares.share(whole.id) == replace(whole, owner_name="A\ufffdb")


async def test_giving_the_same_once_more_changes_it_and_keeps_its_id(store: Store) -> None:
    first = await store.shares.give(a_share(), most=1)
    again = await store.shares.give(a_share(rights=frozenset({Right.ARM})), most=1)
    assert first
    assert again
    assert again.id == first.id
    [stored] = await store.shares.given_by(ALICE)
    assert stored == again
    assert stored.rights == {Right.ARM}


async def test_nobody_gives_more_than_they_may(store: Store) -> None:
    assert await store.shares.give(a_share(), most=2)
    assert await store.shares.give(a_share(scope="network.7"), most=2)
    assert await store.shares.give(a_share(scope="network.8"), most=2) is None
    assert await store.shares.give(a_share(owner_id=CAROL), most=2)
    assert len(await store.shares.given_by(ALICE)) == 2
    assert len(await store.shares.given_in(HERE)) == 3


async def test_changed_rights_change_nothing_else_and_end_the_alerts_that_they_no_longer_cover(store: Store) -> None:
    heard = a_share(rights=frozenset({Right.ALERTS}))
    await store.accounts.link(an_account())
    await store.shares.give(heard, most=1)
    assert await store.alerts.subscriptions.subscribe(a_shared_subscription())
    changed = replace(heard, rights=frozenset({Right.CLIP, Right.LIVE}))
    assert await store.shares.change_rights(replace(changed, label="another"))
    assert await store.shares.share(heard.id) == changed
    assert await store.alerts.subscriptions.of_person(BOB) == []
    assert not await store.shares.change_rights(replace(changed, owner_id=CAROL, rights=frozenset(Right)))
    assert not await store.shares.change_rights(replace(changed, id="0" * 16))
    assert await store.shares.given_by(ALICE) == [changed]


async def test_a_revoked_share_is_gone(store: Store) -> None:
    given = await store.shares.give(a_share(), most=1)
    assert given
    await store.shares.use(given, a_use())
    assert await store.shares.revoke(given.id)
    assert not await store.shares.revoke(given.id)
    assert await store.shares.these([given.id]) == []
    assert await store.shares.given_to(Guest(BOB, HERE)) == []
    assert await store.shares.uses(ALICE, since=NOON, most=9) == [a_use()], "its owner can still look up who used it"


async def test_each_persons_first_use_is_told_from_the_others(store: Store) -> None:
    given = await store.shares.give(a_share(), most=1)
    assert given
    assert await store.shares.use(given, a_use())
    assert not await store.shares.use(given, a_use(at=NOON + timedelta(days=1)))
    assert await store.shares.use(given, a_use(user_id=CAROL, at=NOON + timedelta(days=2)))
    found = await store.shares.uses(ALICE, since=NOON + timedelta(hours=1), most=9)
    assert [one.user_id for one in found] == [CAROL, BOB], "the newest first"
    assert len(await store.shares.uses(ALICE, since=NOON, most=2)) == 2
    assert await store.shares.uses(BOB, since=NOON, most=9) == []


async def test_old_uses_and_shares_long_over_are_forgotten(store: Store) -> None:
    over, open_end = a_share(until=NOON), a_share(scope="network.7")
    for one in (over, open_end):
        await store.shares.give(one, most=9)
    await store.shares.use(open_end, a_use())
    await store.shares.forget(used_before=NOON, ended_before=NOON)
    assert len(await store.shares.given_by(ALICE)) == 2
    later = NOON + timedelta(seconds=1)
    await store.shares.forget(used_before=later, ended_before=later)
    assert await store.shares.given_by(ALICE) == [open_end]
    assert await store.shares.uses(ALICE, since=NOON, most=9) == []


async def test_unlinking_takes_back_what_was_given_and_leaves_what_was_received(store: Store) -> None:
    await store.accounts.link(an_account(ALICE))
    given, received = a_share(), a_share(owner_id=BOB, guest_id=ALICE)
    for one in (given, received):
        await store.shares.give(one, most=9)
        await store.shares.use(one, a_use(owner_id=one.owner_id))
    assert await store.accounts.unlink(ALICE)
    assert await store.shares.given_by(ALICE) == []
    assert await store.shares.uses(ALICE, since=NOON, most=9) == []
    assert await store.shares.given_by(BOB) == [received]
    assert len(await store.shares.uses(BOB, since=NOON, most=9)) == 1


async def test_linking_another_blink_account_takes_back_what_was_given_of_the_one_before(store: Store) -> None:
    account = an_account(ALICE)
    for one in (a_share(), a_share(owner_id=BOB, guest_id=ALICE)):
        await store.shares.give(one, most=9)
    await store.accounts.link(account)
    assert len(await store.shares.given_by(ALICE)) == 1, "the same account, linked again"
    await store.accounts.link(replace(account, region=None))
    assert len(await store.shares.given_by(ALICE)) == 1, "which one it is now nobody knows yet"
    await store.accounts.save_region(account, Region("e008", 6))
    assert await store.shares.given_by(ALICE) == []
    await store.shares.give(a_share(account_id=6), most=9)
    await store.accounts.link(an_account(ALICE))
    assert await store.shares.given_by(ALICE) == []
    assert len(await store.shares.given_by(BOB)) == 1


async def test_on_anothers_camera_all_jobs_of_that_blink_count(store: Store) -> None:
    owner = Owner(ALICE, "Alice", "f" * 16)
    for camera in (1, 2):
        await queued(store, a_target(camera))
    job = a_job(user_id=BOB, owner=owner, shares=(owner.share_id,))
    await store.jobs.insert(job)
    waiting = job.moved(Stage.QUEUED, target=a_target(3))
    assert not (await store.jobs.queue(job, waiting, most=2)).queued
    assert (await store.jobs.queue(job, waiting, most=3)).queued
    own = a_job()
    await store.jobs.insert(own)
    assert (await store.jobs.queue(own, own.moved(Stage.QUEUED, target=a_target(4)), most=3)).queued, "others' jobs"
    [stored] = await store.jobs.of_person(BOB)
    assert (stored.owner, stored.request.shares) == (owner, (owner.share_id,))


async def test_nothing_is_written_down_of_a_share_that_is_gone(store: Store) -> None:
    given = await store.shares.give(a_share(), most=1)
    assert given
    await store.shares.revoke(given.id)
    assert not await store.shares.use(given, a_use())
    assert await store.shares.uses(ALICE, since=NOON, most=9) == []


async def test_revoking_waits_for_a_use_that_is_being_written_down(store: Store, other: Store) -> None:
    for round_ in range(20):
        given = await store.shares.give(a_share(), most=1)
        assert given
        uses = (store.shares.use(given, a_use(user_id=BOB + number)) for number in range(3))
        *_, revoked = await asyncio.gather(*uses, other.shares.revoke(given.id))
        assert revoked, round_
        again = await store.shares.give(given, most=1)
        assert again
        assert await store.shares.use(again, a_use()), "nobody is left who has used it before"
        await store.shares.revoke(given.id)


async def test_unlinking_forgets_what_others_asked_of_ones_cameras(store: Store) -> None:
    await store.accounts.link(an_account(ALICE))
    owner = Owner(ALICE, "Alice", "f" * 16)
    over = await queued(store, a_target(1), user_id=BOB, owner=owner)
    ended = with_values(over.ended(End.REVOKED), told_at=NOON)
    await store.jobs.save(over, ended)
    under_way = await queued(store, a_target(2), user_id=BOB, owner=owner)
    assert await store.accounts.unlink(ALICE)
    assert await store.jobs.of_person(BOB) == [under_way]
