"""One-time links survive a restart, are used once, and go with their person."""

import asyncio
from dataclasses import replace
from datetime import timedelta

from bot.models import Invitation, Invited, Person
from bot.store import Store
from tests.support.examples import ALICE, BOB, NOON, an_account

INVITATION = Invitation("a" * 64, Invited(ALICE, "Alice <b>", "https://cdn.discordapp.com/a.png"), NOON)


async def test_an_invitation_is_found_by_its_digest(store: Store, other: Store) -> None:
    await store.invitations.invite(INVITATION)
    assert await other.invitations.invitation(INVITATION.digest) == INVITATION
    assert await other.invitations.invitation("b" * 64) is None


async def test_a_new_invitation_ends_the_persons_earlier_one(store: Store) -> None:
    await store.invitations.invite(INVITATION)
    await store.invitations.invite(replace(INVITATION, digest="b" * 64))
    await store.invitations.invite(replace(INVITATION, digest="c" * 64, invited=Invited(BOB, "bob")))
    assert await store.invitations.invitation("a" * 64) is None
    assert await store.invitations.invitation("b" * 64) is not None


async def test_it_is_used_once_however_many_try(store: Store, other: Store) -> None:
    await store.invitations.invite(INVITATION)
    links = [an_account() for _ in range(4)]
    each = zip((store, other, store, other), links, strict=True)
    tries = await asyncio.gather(*(one.accounts.link(link, invitation=INVITATION.digest) for one, link in each))
    assert sorted(tries) == [False, False, False, True]
    used = await store.invitations.invitation(INVITATION.digest)
    assert used is not None
    assert used.used_at == NOON
    assert await store.accounts.account(ALICE) == links[tries.index(True)]


async def test_a_link_that_is_saved_once_more_since_its_answer_was_lost_is_saved(store: Store) -> None:
    await store.invitations.invite(INVITATION)
    link = an_account(INVITATION.invited.user_id)
    for _ in range(2):
        assert await store.accounts.link(link, invitation=INVITATION.digest)
    other = replace(link, link_id="another")
    assert not await store.accounts.link(other, invitation=INVITATION.digest)
    assert await store.accounts.account(link.user_id) == link


async def test_an_invitation_that_is_gone_links_nothing(store: Store) -> None:
    assert not await store.accounts.link(an_account(), invitation="b" * 64)
    assert await store.accounts.account(ALICE) is None


async def test_expired_ones_are_forgotten(store: Store) -> None:
    await store.invitations.invite(INVITATION)
    await store.invitations.forget_invitations(expired_before=NOON)
    assert await store.invitations.invitation(INVITATION.digest) is not None
    await store.invitations.forget_invitations(expired_before=NOON + timedelta(seconds=1))
    assert await store.invitations.invitation(INVITATION.digest) is None


async def test_unlinking_deletes_all_that_is_kept_of_a_person(store: Store) -> None:
    await store.invitations.invite(INVITATION)
    await store.people.remember(Person(ALICE, dms_introduced=True))
    await store.accounts.unlink(ALICE)
    assert await store.invitations.invitation(INVITATION.digest) is None
    assert await store.people.person(ALICE) == Person(ALICE)
