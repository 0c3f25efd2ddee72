"""What people want to hear of: saved as chosen, read from when it was chosen, and gone with the link."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.models import CameraKey, CameraKind, Channel, Hours, Region, Right, Subscription, Watcher
from bot.store import Store
from tests.support.databases import Outside
from tests.support.examples import (
    ALICE,
    BOB,
    NOON,
    a_share,
    a_shared_alert,
    a_shared_subscription,
    a_subscription,
    an_account,
    an_alert,
    an_alert_message,
    followed,
    found,
)

CAROL = 42
LATER = NOON + timedelta(hours=1)
DOOR, YARD = CameraKey(CameraKind.OWL, 7, 1), CameraKey(CameraKind.DOORBELL, 7, 2)


async def test_how_a_person_is_told_comes_back_and_is_the_default_before(store: Store) -> None:
    assert await store.alerts.subscriptions.watcher(ALICE) == Watcher(ALICE)
    chosen = Watcher(ALICE, Hours(0, 420, "Europe/Berlin"), Channel(14, 15), NOON, LATER, NOON)
    for watcher in (chosen, Watcher(BOB, Hours(1320, 0, "UTC")), Watcher(ALICE, muted_until=NOON)):
        await store.alerts.subscriptions.remember(watcher)
        assert await store.alerts.subscriptions.watcher(watcher.user_id) == watcher


async def test_who_waits_in_quiet_hours_sleeps_until_they_are_over_or_a_mute_begins(store: Store) -> None:
    feed = await followed(store, a_subscription(), a_shared_subscription())
    quiet = Hours(NOON.hour * 60, NOON.hour * 60 + 60, "UTC")
    for person in (ALICE, BOB, CAROL):
        await store.alerts.subscriptions.remember(Watcher(person, quiet))
    assert await store.alerts.subscriptions.sleeping(NOON) == frozenset(), "nothing waits"
    await found(store, an_alert(), a_shared_alert(), feed=feed)
    assert await store.alerts.subscriptions.sleeping(NOON) == {ALICE, BOB}
    assert await store.alerts.subscriptions.sleeping(LATER) == frozenset()
    await store.alerts.subscriptions.remember(Watcher(ALICE))
    await store.alerts.subscriptions.remember(Watcher(BOB, quiet, muted_from=NOON, muted_until=LATER))
    assert await store.alerts.subscriptions.sleeping(NOON) == frozenset()


async def test_all_that_a_wish_says_comes_back_with_the_persons_own_cameras_first(store: Store) -> None:
    await store.accounts.link(an_account(ALICE))
    await store.accounts.link(an_account(BOB))
    shared = a_shared_subscription(cameras=frozenset({DOOR, YARD}), muted=frozenset({YARD}))
    own = a_subscription(user_id=BOB, owner_id=BOB, cameras=frozenset())
    for subscription in (shared, own, a_shared_subscription(guild_id=15)):
        assert await store.alerts.subscriptions.subscribe(subscription)
    assert await store.alerts.subscriptions.of_person(BOB) == [own, shared, a_shared_subscription(guild_id=15)]
    changed = replace(shared, cameras=None, muted=frozenset(), since=LATER)
    assert await store.alerts.subscriptions.subscribe(changed)
    assert await store.alerts.subscriptions.of_person(BOB) == [own, changed, a_shared_subscription(guild_id=15)]
    assert await store.alerts.subscriptions.of_person(ALICE) == []


async def test_cameras_of_somebody_without_a_link_cannot_be_wished_for(store: Store) -> None:
    assert not await store.alerts.subscriptions.subscribe(a_shared_subscription())
    assert await store.alerts.subscriptions.of_person(BOB) == []
    assert await store.alerts.feeds.keep() == []


async def test_the_first_wish_says_from_when_on_recordings_are_read(store: Store) -> None:
    feed = await followed(store, a_subscription(since=LATER), a_shared_subscription(since=LATER + timedelta(hours=1)))
    assert (feed.owner_id, feed.cursor, feed.account_id) == (ALICE, LATER, None)


async def test_a_wish_given_up_takes_along_what_waits_of_it_and_the_feed_that_nobody_else_wants(store: Store) -> None:
    feed = await followed(store, a_subscription(), a_shared_subscription())
    mine, bobs = an_alert(), a_shared_alert()
    await found(store, mine, bobs)
    await store.alerts.subscriptions.unsubscribe(a_shared_subscription(since=LATER))
    assert await store.alerts.alert_messages.waiting() == {ALICE}
    assert await store.alerts.feeds.keep() == [feed]
    assert [subscription for subscription, _ in await store.alerts.subscriptions.subscribing(ALICE)] == [
        a_subscription()
    ]
    await store.alerts.subscriptions.unsubscribe(a_subscription())
    assert await store.alerts.alert_messages.waiting() == frozenset()
    assert await store.alerts.feeds.keep() == []
    assert await store.alerts.subscriptions.subscribe(a_subscription(since=LATER))
    assert [feed.cursor for feed in await store.alerts.feeds.keep()] == [LATER], "it begins anew"


async def test_what_is_being_told_of_a_wish_given_up_is_told_to_its_end(store: Store) -> None:
    await followed(store)
    shown = an_alert()
    await found(store, shown)
    message = an_alert_message(shown)
    assert await store.alerts.alert_messages.make(message, since=NOON, most=9)
    await store.alerts.subscriptions.unsubscribe(a_subscription())
    assert await store.alerts.alert_messages.still_ours(message)
    assert await store.alerts.alert_messages.alert(shown.id) == shown


async def test_no_wish_stays_unread_that_came_as_the_last_other_one_went(store: Store, other: Store) -> None:
    await followed(store)
    for _ in range(5):
        await asyncio.gather(
            store.alerts.subscriptions.unsubscribe(a_subscription()),
            other.alerts.subscriptions.subscribe(a_shared_subscription()),
        )
        assert len(await store.alerts.feeds.keep()) == 1
        await asyncio.gather(
            store.alerts.subscriptions.unsubscribe(a_shared_subscription()),
            other.alerts.subscriptions.subscribe(a_subscription()),
        )
        assert len(await store.alerts.feeds.keep()) == 1


@pytest.mark.parametrize(
    ("watcher", "heard"),
    [
        (Watcher(ALICE), {ALICE, BOB}),
        (Watcher(ALICE, unreachable_at=NOON), {BOB}),
        (Watcher(ALICE, unreachable_at=NOON, channel=Channel(14, 15)), {ALICE, BOB}),
        (Watcher(BOB, unreachable_at=NOON, channel=Channel(14, 15)), {ALICE}),
    ],
    ids=["nobody refuses", "no direct messages", "but a channel", "a channel for others' cameras"],
)
async def test_only_who_can_be_reached_is_told(store: Store, watcher: Watcher, heard: set[int]) -> None:
    await followed(store, a_subscription(), a_shared_subscription())
    await store.alerts.subscriptions.remember(watcher)
    subscribing = await store.alerts.subscriptions.subscribing(ALICE)
    assert {subscription.user_id for subscription, _ in subscribing} == heard
    expected = {ALICE: Watcher(ALICE), BOB: Watcher(BOB), watcher.user_id: watcher}
    assert all(how == expected[subscription.user_id] for subscription, how in subscribing)
    assert len(await store.alerts.feeds.keep()) == 1


async def test_recordings_that_nobody_can_be_told_of_are_not_read(store: Store) -> None:
    account = an_account(ALICE)
    await store.accounts.link(account)
    feed = await followed(store)
    await store.alerts.subscriptions.remember(Watcher(ALICE, unreachable_at=NOON))
    assert await store.alerts.feeds.keep() == []
    await store.alerts.subscriptions.remember(Watcher(ALICE))
    assert await store.alerts.feeds.keep() == [feed]
    await store.accounts.mark_signed_out(account, at=NOON)
    assert await store.alerts.feeds.keep() == []
    await store.accounts.link(account)
    assert await store.alerts.feeds.keep() == [replace(feed, account_id=5)], "and it is known whose it is"


async def test_unlinking_leaves_nothing_of_a_person(store: Store, database: Outside) -> None:
    await followed(store, a_subscription(), a_shared_subscription())
    await store.alerts.subscriptions.remember(Watcher(ALICE, channel=Channel(14, 15)))
    mine, shown, bobs, bobs_shown = an_alert(), an_alert(), a_shared_alert(), a_shared_alert()
    await found(store, mine, shown, bobs, bobs_shown)
    bobs_message = an_alert_message(bobs_shown)
    for message in (an_alert_message(shown), bobs_message):
        assert await store.alerts.alert_messages.make(message, since=NOON, most=9)
    assert await store.accounts.unlink(ALICE)
    for table in ("watchers", "wishes", "feeds"):
        assert database.rows(f"SELECT * FROM {table}") == []  # noqa: S608
    assert database.rows("SELECT user_id FROM notices") == [(BOB,)]
    assert database.rows("SELECT id FROM alerts") == [(bobs_shown.id,)], "Bob sees that message to its end"
    await store.alerts.alert_messages.finish(bobs_message)
    await store.alerts.alert_messages.forget(before=LATER + timedelta(days=9999))
    assert database.rows("SELECT id FROM alerts") == []


async def test_unlinking_ends_what_was_heard_of_others_and_keeps_what_they_want_themselves(
    store: Store, database: Outside
) -> None:
    await store.accounts.link(an_account(CAROL))
    feed = await followed(store, a_subscription(), a_shared_subscription())
    assert await store.alerts.subscriptions.subscribe(a_shared_subscription(owner_id=CAROL))
    mine = an_alert()
    await found(store, mine, a_shared_alert(), feed=feed)
    assert not await store.accounts.unlink(BOB)
    assert await store.alerts.subscriptions.of_person(BOB) == []
    assert await store.alerts.subscriptions.of_person(ALICE) == [a_subscription()]
    assert await store.alerts.alert_messages.waiting_of(ALICE) == [mine]
    assert database.rows("SELECT owner_id FROM feeds") == [(ALICE,)], "Carol's is wanted by nobody else"


async def test_linking_the_same_account_again_keeps_every_wish(store: Store) -> None:
    shared, single = (
        a_shared_subscription(cameras=frozenset({DOOR})),
        a_subscription(cameras=frozenset({DOOR}), muted=frozenset({YARD})),
    )
    feed = await followed(store, single, shared)
    waits = an_alert()
    await found(store, waits, feed=replace(feed, account_id=5))
    await store.accounts.link(an_account(ALICE))
    unclear = an_account(ALICE, region=None)
    await store.accounts.link(unclear)
    await store.accounts.save_region(unclear, Region("e008", 5))
    assert await store.alerts.subscriptions.of_person(ALICE) == [single]
    assert await store.alerts.subscriptions.of_person(BOB) == [shared]
    assert await store.alerts.alert_messages.waiting_of(ALICE) == [waits]
    assert await store.alerts.feeds.keep() == [replace(feed, account_id=5)]


@pytest.mark.parametrize("known_at_once", [True, False])
@pytest.mark.parametrize("read_before", [True, False])
async def test_another_blink_account_is_read_from_now_on_for_its_owner_alone(
    store: Store, *, known_at_once: bool, read_before: bool
) -> None:
    everything = a_subscription(muted=frozenset({YARD}))
    before = await followed(store, everything, a_shared_subscription())
    if read_before:
        before = replace(before, account_id=5)
        await found(store, an_alert(), a_shared_alert(), feed=before)
    other = an_account(ALICE, region=Region("e008", 6))
    await store.accounts.link(other if known_at_once else replace(other, region=None))
    assert await store.alerts.subscriptions.of_person(BOB) == ([] if known_at_once else [a_shared_subscription()])
    await store.accounts.save_region(other, Region("e008", 6))
    [subscription] = await store.alerts.subscriptions.of_person(ALICE)
    assert subscription == Subscription(ALICE, ALICE, subscription.since)
    assert await store.alerts.subscriptions.of_person(BOB) == []
    assert await store.alerts.alert_messages.waiting() == frozenset()
    late = {"news": [an_alert()], "finished": [], "forget_before": NOON}
    assert not await store.alerts.feeds.advance(before, **late), "a look at the old account comes too late"
    [feed] = await store.alerts.feeds.keep()
    assert feed.account_id is None
    assert NOON < subscription.since <= feed.cursor


async def test_a_wish_for_single_cameras_goes_with_their_account(store: Store) -> None:
    await followed(store, a_subscription(cameras=frozenset({DOOR})))
    await store.accounts.link(an_account(ALICE, region=Region("e008", 6)))
    assert await store.alerts.subscriptions.of_person(ALICE) == []
    assert await store.alerts.feeds.keep() == []


@pytest.mark.parametrize("end", ["revoked", "changed", "over"])
async def test_a_wish_for_somebody_elses_cameras_ends_with_the_last_share_that_serves_it(
    store: Store, end: str
) -> None:
    await store.accounts.link(an_account(ALICE))
    first, second = (
        a_share(scope=scope, rights=frozenset({Right.ALERTS, Right.CLIP})) for scope in ("owl.7.1", "network.7")
    )
    assert await store.shares.give(first, most=9)
    assert await store.shares.give(second, most=9)
    shared, elsewhere = a_shared_subscription(), a_shared_subscription(guild_id=15)
    for subscription in (shared, elsewhere):
        assert await store.alerts.subscriptions.subscribe(subscription)
    await store.shares.revoke(first.id)
    assert await store.alerts.subscriptions.of_person(BOB) == [shared], "what nobody granted there is no wish"
    if end == "revoked":
        await store.shares.revoke(second.id)
    else:
        ended = {"changed": {"rights": frozenset({Right.CLIP})}, "over": {"until": NOON}}[end]
        await store.shares.give(replace(second, **ended), most=9)
    assert await store.alerts.subscriptions.of_person(BOB) == []
    assert await store.alerts.feeds.keep() == []
