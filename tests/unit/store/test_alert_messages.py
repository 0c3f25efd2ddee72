"""Each alert is told by one message, no person gets too many, and none is lost or doubled by two processes."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.models import Alert
from bot.store import Store
from tests.support.databases import Outside
from tests.support.examples import (
    ALICE,
    BOB,
    NOON,
    a_shared_alert,
    a_shared_subscription,
    a_subscription,
    an_alert,
    an_alert_message,
    followed,
    found,
)

LATER = NOON + timedelta(minutes=10)


async def test_alerts_wait_for_each_person_oldest_first_until_a_message_tells_them(store: Store) -> None:
    await followed(store, a_subscription(), a_shared_subscription())
    second, first, bobs = an_alert(after=2), an_alert(after=1), a_shared_alert()
    await found(store, second, first, bobs)
    assert await store.alerts.alert_messages.waiting() == {ALICE, BOB}
    assert await store.alerts.alert_messages.waiting_of(ALICE) == [first, second]
    assert await store.alerts.alert_messages.make(an_alert_message(first, second), since=NOON, most=1)
    assert await store.alerts.alert_messages.waiting() == {BOB}
    assert await store.alerts.alert_messages.waiting_of(ALICE) == []


async def test_what_is_dropped_is_told_never_and_what_is_being_told_cannot_be_dropped(store: Store) -> None:
    await followed(store)
    dropped, shown = an_alert(), an_alert()
    await found(store, dropped, shown)
    message = an_alert_message(shown)
    assert await store.alerts.alert_messages.make(message, since=NOON, most=9)
    await store.alerts.alert_messages.drop([dropped, shown])
    assert await store.alerts.alert_messages.waiting() == frozenset()
    assert not await store.alerts.alert_messages.make(an_alert_message(dropped), since=NOON, most=9)
    assert await store.alerts.alert_messages.unfinished() == [replace(message, resumed=True)]


async def test_nobody_gets_more_messages_than_they_bear(store: Store) -> None:
    await followed(store, a_subscription(), a_shared_subscription())
    mine, bobs = [an_alert(after=number) for number in range(4)], a_shared_alert()
    await found(store, *mine, bobs)
    for number, alert in enumerate(mine[:2]):
        made_at = NOON + timedelta(minutes=number)
        message = an_alert_message(alert, made_at=made_at)
        assert await store.alerts.alert_messages.make(message, since=NOON, most=2)
        await store.alerts.alert_messages.shown(replace(message, channel_id=12, message_id=number), at=made_at)
    third = an_alert_message(mine[2], made_at=LATER)
    assert not await store.alerts.alert_messages.make(third, since=NOON, most=2)
    assert await store.alerts.alert_messages.waiting_of(ALICE) == mine[2:]
    assert await store.alerts.alert_messages.made_since(ALICE, NOON, now=LATER) == [NOON, NOON + timedelta(minutes=1)]
    assert await store.alerts.alert_messages.made_since(ALICE, NOON + timedelta(seconds=1), now=LATER) == [
        NOON + timedelta(minutes=1)
    ]
    assert await store.alerts.alert_messages.made_since(BOB, NOON, now=LATER) == []
    assert await store.alerts.alert_messages.make(an_alert_message(bobs), since=NOON, most=2)
    assert await store.alerts.alert_messages.make(third, since=NOON + timedelta(seconds=1), most=2)


async def test_a_message_counts_while_discord_does_not_take_it_and_since_it_has(store: Store) -> None:
    await followed(store)
    late, next_one = an_alert(after=1), an_alert(after=2)
    await found(store, late, next_one)
    message, second = an_alert_message(late), an_alert_message(next_one, made_at=LATER)
    messages = store.alerts.alert_messages
    assert await messages.make(message, since=NOON, most=1)
    much_later = LATER + timedelta(hours=1)
    assert await messages.made_since(ALICE, much_later, now=much_later) == [NOON]
    assert not await messages.make(replace(second, made_at=much_later), since=much_later, most=1)
    await messages.shown(replace(message, channel_id=12, message_id=13), at=much_later)
    assert await messages.made_since(ALICE, much_later, now=much_later) == [much_later]
    assert not await messages.make(replace(second, made_at=much_later), since=much_later, most=1)
    since = much_later + timedelta(seconds=1)
    assert await messages.make(replace(second, made_at=since), since=since, most=1)


async def test_messages_from_before_the_clock_was_set_back_hold_up_no_others(store: Store) -> None:
    await followed(store)
    early, *rest = [an_alert(after=number) for number in range(4)]
    await found(store, early, *rest)
    for alert in rest[:2]:
        ahead = an_alert_message(alert, made_at=NOON + timedelta(days=1))
        assert await store.alerts.alert_messages.make(ahead, since=NOON, most=9)
    assert await store.alerts.alert_messages.made_since(ALICE, NOON, now=LATER) == []
    assert await store.alerts.alert_messages.make(an_alert_message(early, made_at=LATER), since=NOON, most=1)
    assert await store.alerts.alert_messages.made_since(ALICE, NOON, now=LATER) == [LATER]


async def test_a_message_of_a_process_whose_clock_is_a_little_ahead_counts(store: Store, other: Store) -> None:
    await followed(store)
    first, second = an_alert(after=1), an_alert(after=2)
    await found(store, first, second)
    ahead = an_alert_message(first, made_at=NOON + timedelta(seconds=2))
    assert await other.alerts.alert_messages.make(ahead, since=NOON, most=1)
    assert not await store.alerts.alert_messages.make(an_alert_message(second), since=NOON, most=1)


async def test_a_message_with_an_alert_that_is_taken_is_not_made_at_all(store: Store, other: Store) -> None:
    await followed(store)
    taken, free = an_alert(), an_alert()
    await found(store, taken, free)
    assert await other.alerts.alert_messages.make(an_alert_message(taken), since=NOON, most=9)
    assert not await store.alerts.alert_messages.make(an_alert_message(free, taken), since=NOON, most=9)
    assert await store.alerts.alert_messages.made_since(ALICE, NOON, now=LATER) == [NOON]
    assert await store.alerts.alert_messages.waiting_of(ALICE) == [free]
    theirs = replace(an_alert_message(free), user_id=BOB)
    assert not await store.alerts.alert_messages.make(theirs, since=NOON, most=9), (
        "nobody is told of what another is to hear"
    )


async def test_two_processes_at_once_keep_to_the_budget_and_tell_each_alert_once(
    store: Store, other: Store, database: Outside
) -> None:
    await followed(store)
    waiting = [an_alert(after=number) for number in range(5)]
    await found(store, *waiting)
    tries = [(each, an_alert_message(alert)) for alert in waiting for each in (store, other)]
    made = await asyncio.gather(
        *(each.alerts.alert_messages.make(message, since=NOON, most=3) for each, message in tries)
    )
    assert sum(made) == 3
    won = [(each, message) for (each, message), yes in zip(tries, made, strict=True) if yes]
    assert len({message.head.id for _, message in won}) == 3
    stored = database.rows("SELECT id, notice_id FROM alerts WHERE notice_id IS NOT NULL")
    assert sorted(stored) == sorted((message.head.id, message.id) for _, message in won)
    assert len(await store.alerts.alert_messages.waiting_of(ALICE)) == 2
    for each, message in won:
        loser = other if each is store else store
        assert await each.alerts.alert_messages.still_ours(message)
        assert not await loser.alerts.alert_messages.still_ours(message)


async def test_a_message_is_resumed_with_all_that_is_known_of_it(store: Store) -> None:
    feed = await followed(store)
    older, newer, last = an_alert(after=1, path=None), an_alert(after=2), an_alert(after=3)
    await found(store, older, newer, last)
    second, first = an_alert_message(last, made_at=LATER), an_alert_message(older, newer)
    for message in (second, first):
        assert await store.alerts.alert_messages.make(message, since=NOON, most=9)
    await store.alerts.alert_messages.shown(replace(first, channel_id=12, message_id=13), at=NOON)
    finished = replace(older, path="/whole.mp4")
    assert await store.alerts.feeds.advance(feed, news=[], finished=[finished], forget_before=NOON)
    expected = replace(first, alerts=(finished, newer), channel_id=12, message_id=13, resumed=True)
    assert await store.alerts.alert_messages.unfinished() == [expected, replace(second, resumed=True)]
    await store.alerts.alert_messages.finish(first)
    assert await store.alerts.alert_messages.unfinished() == [replace(second, resumed=True)]
    assert not await store.alerts.alert_messages.still_ours(first)
    assert await store.alerts.alert_messages.still_ours(second)


async def test_what_was_told_long_ago_and_processes_long_gone_are_forgotten(
    store: Store, other: Store, database: Outside
) -> None:
    told, _ = await _one_of_two_told(store)
    await other.alerts.feeds.keep()
    await asyncio.to_thread(database.execute, "UPDATE processes SET until = ? WHERE id != ?", NOON, _id(store))
    await store.alerts.alert_messages.forget(before=NOON + timedelta(seconds=-1))
    assert len(database.rows("SELECT id FROM processes")) == 2
    assert len(await store.alerts.alert_messages.made_since(ALICE, NOON, now=LATER)) == 2
    await store.alerts.alert_messages.forget(before=datetime.now(UTC) + timedelta(seconds=1))
    assert database.rows("SELECT id FROM processes") == [(_id(store),)]
    assert await store.alerts.alert_messages.made_since(ALICE, NOON, now=LATER) == [NOON]
    assert len(await store.alerts.alert_messages.unfinished()) == 1
    await found(store, replace(told, id="listed once more"))
    assert await store.alerts.alert_messages.waiting() == frozenset(), "the recording itself is still known"


async def test_alerts_of_recordings_that_nobody_reads_any_more_are_forgotten(store: Store, database: Outside) -> None:
    _, untold = await _one_of_two_told(store)
    await store.alerts.subscriptions.unsubscribe(a_subscription())
    await store.alerts.alert_messages.forget(before=NOON)
    assert len(database.rows("SELECT id FROM alerts")) == 2
    await store.alerts.alert_messages.forget(before=LATER)
    assert database.rows("SELECT id FROM alerts") == [(untold.id,)]


async def test_no_signed_address_shows_in_what_is_printed(store: Store) -> None:
    await followed(store)
    signed = an_alert(path="https://blink.example/clip.mp4?signature=hush", picture="https://blink.example/hush.jpg")
    await found(store, signed)
    assert await store.alerts.alert_messages.make(an_alert_message(signed), since=NOON, most=9)
    assert "hush" not in repr(
        [await store.alerts.alert_messages.alert(signed.id), await store.alerts.alert_messages.unfinished()]
    )


def _id(store: Store) -> str:
    return store.alerts.alert_messages._process.id  # type: ignore[attr-defined]


async def _one_of_two_told(store: Store) -> tuple[Alert, Alert]:
    """Make two alert messages and finish the first; return the alert of each."""
    await followed(store)
    told, untold = an_alert(), an_alert()
    await found(store, told, untold)
    over = an_alert_message(told)
    for message in (over, an_alert_message(untold)):
        assert await store.alerts.alert_messages.make(message, since=NOON, most=9)
    await store.alerts.alert_messages.finish(over)
    return told, untold
