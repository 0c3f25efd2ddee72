"""Grants in the database: found by whom they are for, changed and not doubled, and gone when they are revoked."""

import asyncio
from dataclasses import replace
from datetime import timedelta

from bot.models import End, Guest, Hours, Lender, Region, Right, Stage
from bot.store import Store
from tests.support.examples import ALICE, BOB, NOON, a_grant, a_job, a_lent_wish, a_target, a_use, an_account, queued
from tests.support.jobs import with_values

HERE = 14
CAROL = 42


async def test_what_was_given_to_a_person_and_to_their_roles_is_found_in_its_server_only(store: Store) -> None:
    to_bob = a_grant()
    to_role = a_grant(grantee_id=77, to_role=True, created_at=NOON + timedelta(seconds=1))
    for one in (to_bob, to_role, a_grant(guild_id=15), a_grant(grantee_id=CAROL), a_grant(grantee_id=78, to_role=True)):
        assert await store.grants.give(one, most=99) == one
    assert await store.grants.given_to(Guest(BOB, HERE)) == [to_bob]
    assert await store.grants.given_to(Guest(BOB, HERE, frozenset({77, 99}))) == [to_bob, to_role]
    assert await store.grants.given_to(Guest(77, HERE)) == [], "a person's id is no role's"
    assert await store.grants.given_to(Guest(CAROL, HERE, frozenset({BOB}))) != [to_bob]


async def test_all_that_a_grant_says_comes_back(store: Store) -> None:
    whole = a_grant(
        scope="network.7", rights=frozenset(Right), until=NOON, hours=Hours(60, 0, "Europe/Berlin"), owner_name="A\0b"
    )
    await store.grants.give(whole, most=1)
    assert await store.grants.grant(whole.id) == replace(whole, owner_name="A\ufffdb")


async def test_giving_the_same_once_more_changes_it_and_keeps_its_id(store: Store) -> None:
    first = await store.grants.give(a_grant(), most=1)
    again = await store.grants.give(a_grant(rights=frozenset({Right.ARM})), most=1)
    assert first
    assert again
    assert again.id == first.id
    [stored] = await store.grants.given_by(ALICE)
    assert stored == again
    assert stored.rights == {Right.ARM}


async def test_nobody_gives_more_than_they_may(store: Store) -> None:
    assert await store.grants.give(a_grant(), most=2)
    assert await store.grants.give(a_grant(scope="network.7"), most=2)
    assert await store.grants.give(a_grant(scope="network.8"), most=2) is None
    assert await store.grants.give(a_grant(owner_id=CAROL), most=2)
    assert len(await store.grants.given_by(ALICE)) == 2
    assert len(await store.grants.given_in(HERE)) == 3


async def test_changed_rights_change_nothing_else_and_end_the_alerts_that_they_no_longer_cover(store: Store) -> None:
    heard = a_grant(rights=frozenset({Right.ALERTS}))
    await store.accounts.link(an_account())
    await store.grants.give(heard, most=1)
    assert await store.alerts.wishes.wish(a_lent_wish())
    changed = replace(heard, rights=frozenset({Right.CLIP, Right.LIVE}))
    assert await store.grants.change_rights(replace(changed, label="another"))
    assert await store.grants.grant(heard.id) == changed
    assert await store.alerts.wishes.wishes_of(BOB) == []
    assert not await store.grants.change_rights(replace(changed, owner_id=CAROL, rights=frozenset(Right)))
    assert not await store.grants.change_rights(replace(changed, id="0" * 16))
    assert await store.grants.given_by(ALICE) == [changed]


async def test_a_revoked_grant_is_gone(store: Store) -> None:
    given = await store.grants.give(a_grant(), most=1)
    assert given
    await store.grants.use(given, a_use())
    assert await store.grants.revoke(given.id)
    assert not await store.grants.revoke(given.id)
    assert await store.grants.these([given.id]) == []
    assert await store.grants.given_to(Guest(BOB, HERE)) == []
    assert await store.grants.uses(ALICE, since=NOON, most=9) == [a_use()], "its owner can still look up who used it"


async def test_each_persons_first_use_is_told_from_the_others(store: Store) -> None:
    given = await store.grants.give(a_grant(), most=1)
    assert given
    assert await store.grants.use(given, a_use())
    assert not await store.grants.use(given, a_use(at=NOON + timedelta(days=1)))
    assert await store.grants.use(given, a_use(user_id=CAROL, at=NOON + timedelta(days=2)))
    found = await store.grants.uses(ALICE, since=NOON + timedelta(hours=1), most=9)
    assert [one.user_id for one in found] == [CAROL, BOB], "the newest first"
    assert len(await store.grants.uses(ALICE, since=NOON, most=2)) == 2
    assert await store.grants.uses(BOB, since=NOON, most=9) == []


async def test_old_uses_and_grants_long_over_are_forgotten(store: Store) -> None:
    over, open_end = a_grant(until=NOON), a_grant(scope="network.7")
    for one in (over, open_end):
        await store.grants.give(one, most=9)
    await store.grants.use(open_end, a_use())
    await store.grants.forget(used_before=NOON, ended_before=NOON)
    assert len(await store.grants.given_by(ALICE)) == 2
    later = NOON + timedelta(seconds=1)
    await store.grants.forget(used_before=later, ended_before=later)
    assert await store.grants.given_by(ALICE) == [open_end]
    assert await store.grants.uses(ALICE, since=NOON, most=9) == []


async def test_unlinking_takes_back_what_was_given_and_leaves_what_was_received(store: Store) -> None:
    await store.accounts.link(an_account(ALICE))
    given, received = a_grant(), a_grant(owner_id=BOB, grantee_id=ALICE)
    for one in (given, received):
        await store.grants.give(one, most=9)
        await store.grants.use(one, a_use(owner_id=one.owner_id))
    assert await store.accounts.unlink(ALICE)
    assert await store.grants.given_by(ALICE) == []
    assert await store.grants.uses(ALICE, since=NOON, most=9) == []
    assert await store.grants.given_by(BOB) == [received]
    assert len(await store.grants.uses(BOB, since=NOON, most=9)) == 1


async def test_linking_another_blink_account_takes_back_what_was_given_of_the_one_before(store: Store) -> None:
    account = an_account(ALICE)
    for one in (a_grant(), a_grant(owner_id=BOB, grantee_id=ALICE)):
        await store.grants.give(one, most=9)
    await store.accounts.link(account)
    assert len(await store.grants.given_by(ALICE)) == 1, "the same account, linked again"
    await store.accounts.link(replace(account, region=None))
    assert len(await store.grants.given_by(ALICE)) == 1, "which one it is now nobody knows yet"
    await store.accounts.save_region(account, Region("e008", 6))
    assert await store.grants.given_by(ALICE) == []
    await store.grants.give(a_grant(account_id=6), most=9)
    await store.accounts.link(an_account(ALICE))
    assert await store.grants.given_by(ALICE) == []
    assert len(await store.grants.given_by(BOB)) == 1


async def test_on_anothers_camera_all_jobs_of_that_blink_count(store: Store) -> None:
    lender = Lender(ALICE, "Alice", "f" * 16)
    for camera in (1, 2):
        await queued(store, a_target(camera))
    job = a_job(user_id=BOB, lender=lender, permits=(lender.permit_id,))
    await store.jobs.insert(job)
    waiting = job.moved(Stage.QUEUED, target=a_target(3))
    assert not (await store.jobs.queue(job, waiting, most=2)).queued
    assert (await store.jobs.queue(job, waiting, most=3)).queued
    own = a_job()
    await store.jobs.insert(own)
    assert (await store.jobs.queue(own, own.moved(Stage.QUEUED, target=a_target(4)), most=3)).queued, "others' jobs"
    [stored] = await store.jobs.of_person(BOB)
    assert (stored.lender, stored.request.permits) == (lender, (lender.permit_id,))


async def test_nothing_is_written_down_of_a_grant_that_is_gone(store: Store) -> None:
    given = await store.grants.give(a_grant(), most=1)
    assert given
    await store.grants.revoke(given.id)
    assert not await store.grants.use(given, a_use())
    assert await store.grants.uses(ALICE, since=NOON, most=9) == []


async def test_revoking_waits_for_a_use_that_is_being_written_down(store: Store, other: Store) -> None:
    for round_ in range(20):
        given = await store.grants.give(a_grant(), most=1)
        assert given
        uses = (store.grants.use(given, a_use(user_id=BOB + number)) for number in range(3))
        *_, revoked = await asyncio.gather(*uses, other.grants.revoke(given.id))
        assert revoked, round_
        again = await store.grants.give(given, most=1)
        assert again
        assert await store.grants.use(again, a_use()), "nobody is left who has used it before"
        await store.grants.revoke(given.id)


async def test_unlinking_forgets_what_others_asked_of_ones_cameras(store: Store) -> None:
    await store.accounts.link(an_account(ALICE))
    lender = Lender(ALICE, "Alice", "f" * 16)
    over = await queued(store, a_target(1), user_id=BOB, lender=lender)
    ended = with_values(over.ended(End.REVOKED), told_at=NOON)
    await store.jobs.save(over, ended)
    under_way = await queued(store, a_target(2), user_id=BOB, lender=lender)
    assert await store.accounts.unlink(ALICE)
    assert await store.jobs.of_person(BOB) == [under_way]
