"""People who leave a share, or refuse all of somebody's: it reaches them no more, and the others keep it."""

from datetime import timedelta

from bot.blink import utcnow
from bot.models import Guest, Refusal, Right, Share
from bot.sharing import Shares
from bot.store import Store
from tests.support.examples import (
    ALICE,
    BOB,
    NOON,
    a_share,
    a_shared_alert,
    a_shared_subscription,
    a_subscription,
    an_account,
    followed,
    found,
)

CAROL, ROLE, HERE = 42, 77, 14
HIM, HER = Guest(BOB, HERE, frozenset({ROLE})), Guest(CAROL, HERE, frozenset({ROLE}))
ALL = frozenset(Right)


async def _reached(store: Store, guest: Guest) -> list[str]:
    """Return the scopes of what reaches somebody, which is the same in every way there is to ask."""
    shares = Shares(store.shares, now=utcnow)
    given = await store.shares.given_to(guest)
    assert await shares.offered_to(guest, until=float("inf")) == given
    return sorted(one.scope for one in given)


async def _give(store: Store, **changes: object) -> Share:
    given = await store.shares.give(a_share(rights=ALL, **changes), most=9)
    assert given
    return given


def _refusal(share: Share | None = None) -> Refusal:
    return Refusal(BOB, ALICE, "Alice", NOON, share.id if share else "")


async def test_who_leaves_what_was_given_to_a_role_is_the_only_one(store: Store) -> None:
    to_role = await _give(store, guest_id=ROLE, to_role=True)
    await _give(store, guest_id=ROLE, to_role=True, scope="network.7")
    assert await store.shares.refuse(_refusal(to_role), most=9)
    assert await _reached(store, HIM) == ["network.7"]
    assert await _reached(store, HER) == ["network.7", to_role.scope]
    [still] = await store.shares.these([to_role.id])
    assert not still.is_for(HIM)
    assert still.is_for(HER)


async def test_what_was_given_to_one_person_ends_when_they_leave_it(store: Store) -> None:
    given = await _give(store)
    assert await store.shares.refuse(_refusal(given), most=9)
    assert await store.shares.given_by(ALICE) == []
    assert await store.shares.refusals(BOB) == []
    assert not await store.shares.refuse(_refusal(given), most=9), "it is gone"
    await _give(store)
    assert await _reached(store, HIM) == ["owl.7.1"]


async def test_nothing_that_a_refused_person_gives_reaches_anybody_who_refuses_it(store: Store) -> None:
    await _give(store)
    await _give(store, guest_id=ROLE, to_role=True)
    await _give(store, owner_id=CAROL, account_id=6)
    assert await store.shares.refuse(_refusal(), most=9)
    await _give(store, scope="network.7", guest_id=ROLE, to_role=True)
    await _give(store, scope="network.8")
    assert [one.owner_id for one in await store.shares.given_to(HIM)] == [CAROL]
    assert await _reached(store, HER) == ["network.7", "owl.7.1"]
    assert await store.shares.refusals(BOB) == [_refusal()]


async def test_a_refusal_can_be_taken_back(store: Store) -> None:
    await _give(store, guest_id=ROLE, to_role=True)
    await store.shares.refuse(_refusal(), most=9)
    assert await _reached(store, HIM) == []
    assert await store.shares.allow(BOB, ALICE)
    assert not await store.shares.allow(BOB, ALICE)
    assert await _reached(store, HIM) == ["owl.7.1"]


async def test_nobody_refuses_more_people_than_they_may(store: Store) -> None:
    assert await store.shares.refuse(_refusal(), most=1)
    assert await store.shares.refuse(_refusal(), most=1), "the same once more"
    assert not await store.shares.refuse(Refusal(BOB, CAROL, "Carol", NOON), most=1)


async def test_alerts_of_a_refused_persons_cameras_end(store: Store) -> None:
    await store.accounts.link(an_account(ALICE))
    await _give(store)
    feed = await followed(store, a_subscription(), a_shared_subscription())
    await found(store, a_shared_alert(), feed=feed)
    assert await store.shares.refuse(_refusal(), most=9)
    assert await store.alerts.subscriptions.of_person(BOB) == []
    assert await store.alerts.alert_messages.waiting_of(BOB) == []
    assert await store.alerts.subscriptions.of_person(ALICE) == [a_subscription()]


async def test_unlinking_forgets_whom_one_refuses_but_not_who_refuses_one(store: Store) -> None:
    to_role = await _give(store, guest_id=ROLE, to_role=True)
    await store.shares.refuse(_refusal(), most=9)
    await store.shares.refuse(_refusal(to_role), most=9)
    await store.accounts.unlink(ALICE)
    assert await store.shares.refusals(BOB) == [_refusal()], "or linking again would undo it"
    await store.accounts.unlink(BOB)
    assert await store.shares.refusals(BOB) == []


async def test_old_refusals_are_kept(store: Store) -> None:
    await store.shares.refuse(_refusal(), most=9)
    later = NOON + timedelta(days=999)
    await store.shares.forget(used_before=later, ended_before=later)
    assert await store.shares.refusals(BOB) == [_refusal()]
