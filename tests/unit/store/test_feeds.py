"""Each feed is read by one living process, which alone saves how far, and what it found once."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event

from bot.models import End, Kind, Stage
from bot.store import Store
from tests.support.databases import Outside
from tests.support.examples import (
    ALICE,
    BOB,
    NOON,
    a_shared_alert,
    a_shared_subscription,
    a_subscription,
    a_target,
    an_account,
    an_alert,
    an_alert_message,
    followed,
    found,
    moved,
    queued,
)
from tests.support.jobs import with_values

After = Callable[[float], Awaitable[None]]
CAROL = 42
LATER = NOON + timedelta(hours=1)


@pytest.fixture
def after(database: Outside) -> After:
    """Let every process live for so many seconds from now, unless it gives another sign."""

    async def after(seconds: float) -> None:
        until = datetime.now(UTC) + timedelta(seconds=seconds)
        await asyncio.to_thread(database.execute, "UPDATE processes SET until = ?", until)

    return after


async def test_a_feed_is_read_by_one_of_two_processes(store: Store, other: Store) -> None:
    feed = await followed(store)
    assert await other.alerts.feeds.keep() == []
    assert await store.alerts.feeds.keep() == [feed]


async def test_a_feed_tells_by_which_link_it_is_read_now(store: Store) -> None:
    await followed(store)
    for link_id in ("first", "second"):
        await store.accounts.link(an_account(link_id=link_id))
        [feed] = await store.alerts.feeds.keep()
        assert feed.link_id == link_id


async def test_what_a_process_that_gives_no_sign_had_is_taken_from_where_it_stood(
    store: Store, other: Store, after: After
) -> None:
    feed = await followed(other)
    stands = replace(feed, cursor=LATER, account_id=5)
    shown = an_alert()
    await found(other, shown, feed=stands)
    message = an_alert_message(shown)
    assert await other.alerts.alert_messages.make(message, since=NOON, most=9)
    assert await other.alerts.alert_messages.still_ours(message)
    await after(0)
    assert await store.alerts.feeds.keep() == [stands]
    assert await store.alerts.alert_messages.unfinished() == [replace(message, resumed=True)]
    assert not await other.alerts.alert_messages.still_ours(message)
    assert not await other.alerts.feeds.advance(feed, news=[an_alert()], finished=[], forget_before=NOON)
    assert await store.alerts.alert_messages.waiting() == frozenset()
    assert await other.alerts.feeds.keep() == []
    assert await other.alerts.alert_messages.unfinished() == []


async def test_a_process_whose_time_is_over_acts_only_after_another_sign(
    store: Store, other: Store, after: After
) -> None:
    feed = await followed(store)
    await after(0)
    assert not await store.alerts.feeds.advance(feed, news=[], finished=[], forget_before=NOON)
    assert await store.alerts.feeds.keep() == [feed]
    assert await store.alerts.feeds.advance(feed, news=[], finished=[], forget_before=NOON)
    assert await other.alerts.feeds.keep() == []


async def test_a_sign_from_before_the_clock_was_set_back_does_not_count(
    store: Store, other: Store, after: After
) -> None:
    feed = await followed(store)
    await after(3600)
    assert await other.alerts.feeds.keep() == [feed]
    assert await store.alerts.feeds.keep() == []


async def test_a_process_that_stops_lets_go_at_once(store: Store, other: Store) -> None:
    feed = await followed(store)
    shown = an_alert()
    await found(store, shown)
    assert await store.alerts.alert_messages.make(an_alert_message(shown), since=NOON, most=9)
    await store.alerts.feeds.release()
    assert await other.alerts.feeds.keep() == [feed]
    assert len(await other.alerts.alert_messages.unfinished()) == 1
    assert await store.alerts.alert_messages.unfinished() == []


async def test_of_many_that_take_feeds_each_is_one_processes(store: Store, other: Store) -> None:
    people = range(1, 11)
    for user_id in people:
        await store.accounts.link(an_account(user_id))
        assert await store.alerts.subscriptions.subscribe(a_subscription(user_id=user_id, owner_id=user_id))
    both = (store, other) * 3
    kept = await asyncio.gather(*(each.alerts.feeds.keep() for each in both))
    owned = [
        {feed.owner_id for each, feeds in zip(both, kept, strict=True) if each is one for feed in feeds}
        for one in both[:2]
    ]
    assert sorted([*owned[0], *owned[1]]) == list(people)


async def test_a_bot_of_which_nobody_wants_anything_writes_nothing(store: Store, database: Outside) -> None:
    await store.accounts.link(an_account(ALICE))
    assert await store.alerts.feeds.keep() == []
    assert database.rows("SELECT * FROM processes") == []


async def test_signs_of_life_of_many_feeds_are_one_row(store: Store, database: Outside) -> None:
    for user_id in range(1, 11):
        await store.accounts.link(an_account(user_id))
        assert await store.alerts.subscriptions.subscribe(a_subscription(user_id=user_id, owner_id=user_id))
    await store.alerts.feeds.keep()
    [(before,)] = database.rows("SELECT until FROM processes")
    written: list[str] = []

    def note(connection: object, cursor: object, statement: str, *rest: object) -> None:
        written.extend([statement] * statement.startswith(("INSERT", "UPDATE", "DELETE")))

    event.listen(store.database._engine.sync_engine, "before_cursor_execute", note)
    assert len(await store.alerts.feeds.keep()) == 10
    assert [statement.split()[:3] for statement in written] == [["INSERT", "INTO", "processes"]]
    [(now,)] = database.rows("SELECT until FROM processes")
    assert now > before


async def test_a_recording_is_news_to_each_person_once_however_often_it_is_found(store: Store) -> None:
    feed = await followed(store, a_subscription(), a_shared_subscription())
    first = an_alert()
    bobs = a_shared_alert(media_id=first.media_id)
    await found(store, first, bobs)
    await found(store, replace(first, id="found anew", guild_id=14), replace(bobs, id="found anew too"), feed=feed)
    assert await store.alerts.alert_messages.waiting_of(ALICE) == [first]
    assert await store.alerts.alert_messages.waiting_of(BOB) == [bobs]
    await store.alerts.alert_messages.drop([first])
    await found(store, replace(first, id="found once more"))
    assert await store.alerts.alert_messages.waiting() == {BOB}
    elsewhere = an_alert(media_id=first.media_id, account_id=6)
    await found(store, elsewhere)
    assert await store.alerts.alert_messages.waiting_of(ALICE) == [elsewhere], (
        "another Blink account numbers as it likes"
    )


async def test_all_that_an_alert_says_comes_back(store: Store) -> None:
    await followed(store)
    unlisted = an_alert(camera=None, label="Front\0Door", path=None, picture="/pictures/1.jpg", after=0.000001)
    await found(store, unlisted)
    assert await store.alerts.alert_messages.alert(unlisted.id) == replace(unlisted, label="Front\ufffdDoor")
    assert await store.alerts.alert_messages.alert("no such") is None


async def test_what_nobody_wishes_for_any_more_is_no_news(store: Store) -> None:
    feed = await followed(store, a_subscription(), a_shared_subscription())
    await store.alerts.subscriptions.unsubscribe(a_shared_subscription())
    await found(store, a_shared_alert(), a_shared_alert(guild_id=15), feed=feed)
    assert await store.alerts.alert_messages.waiting() == frozenset()


async def test_a_video_that_is_finished_later_is_added_whoever_found_it(store: Store) -> None:
    feed = await followed(store)
    early, known = an_alert(path=None, picture="/first.jpg"), an_alert(after=1, path="/known.mp4")
    await found(store, early, known)
    whole = replace(early, id="found anew", path="/whole.mp4", picture=None)
    late = [whole, replace(known, path="/another.mp4"), an_alert()]
    assert await store.alerts.feeds.advance(feed, news=[], finished=late, forget_before=NOON)
    assert await store.alerts.alert_messages.alert(early.id) == replace(early, path="/whole.mp4")
    assert await store.alerts.alert_messages.waiting_of(ALICE) == [replace(early, path="/whole.mp4"), known]


async def test_what_was_told_is_remembered_for_a_while(store: Store, database: Outside) -> None:
    feed = await followed(store)
    told, untold, dropped, waits, fresh = (an_alert(after=number) for number in range(5))
    await found(store, told, untold, dropped, waits, fresh)
    message = an_alert_message(told)
    for one in (message, an_alert_message(untold), an_alert_message(fresh)):
        assert await store.alerts.alert_messages.make(one, since=NOON, most=9)
        if one.head is not untold:
            await store.alerts.alert_messages.finish(one)
    await store.alerts.alert_messages.drop([dropped])
    kept = lambda: {row[0] for row in database.rows("SELECT id FROM alerts")}  # noqa: E731
    assert await store.alerts.feeds.advance(feed, news=[], finished=[], forget_before=NOON)
    assert len(kept()) == 5
    assert await store.alerts.feeds.advance(feed, news=[], finished=[], forget_before=fresh.happened_at)
    assert kept() == {untold.id, waits.id, fresh.id}


async def test_a_feed_that_vanished_is_saved_nowhere(store: Store, database: Outside) -> None:
    feed = await followed(store)
    await store.alerts.subscriptions.unsubscribe(a_subscription())
    assert not await store.alerts.feeds.advance(feed, news=[an_alert()], finished=[], forget_before=NOON)
    assert database.rows("SELECT id FROM alerts") == []


async def test_recordings_that_people_asked_for_are_known_with_who_did(store: Store) -> None:
    await store.accounts.link(an_account(BOB))
    done = await moved(store, await queued(store), Stage.ASKING, Stage.RECORDING, Stage.LOOKING)
    assert await store.jobs.save_unless_taken(done, with_values(done.moved(Stage.FETCHING), media_id=71))
    recent = await moved(store, await queued(store, a_target(2), kind=Kind.RECENT), Stage.ASKING, Stage.LOOKING)
    assert await store.jobs.save_unless_taken(recent, with_values(recent.moved(Stage.FETCHING), media_id=72))
    by_bob = await moved(store, await queued(store, a_target(3), user_id=BOB), Stage.ASKING, Stage.LOOKING)
    fetched = with_values(by_bob.moved(Stage.FETCHING), media_id=73)
    assert await store.jobs.save_unless_taken(by_bob, fetched)
    await store.jobs.save(fetched, with_values(fetched.ended(End.DELIVERED), told_at=NOON))
    commanded = await store.alerts.feeds.commanded(5, [71, 72, 73, 74])
    assert commanded.media_ids == {71: {ALICE}, 73: {BOB}}
    assert commanded.under_way == []
    assert (await store.alerts.feeds.commanded(5, [74])).media_ids == {}
    assert (await store.alerts.feeds.commanded(6, [71])).media_ids == {}
    assert (await store.alerts.feeds.commanded(5, [])).media_ids == {}


async def test_clips_under_way_are_known_since_blink_began_or_was_asked(store: Store) -> None:
    await queued(store, a_target(9))
    asked = NOON + timedelta(seconds=5)
    begun = NOON + timedelta(seconds=6)
    for network, values in ((1, {}), (2, {"asked_at": asked}), (3, {"asked_at": asked, "blink_started_at": begun})):
        job = await queued(store, a_target(network + 10, network=network))
        await store.jobs.save(job, with_values(job.moved(Stage.ASKING), **values))
    busy = await queued(store, a_target(14, network=4))
    await moved(store, busy, Stage.ASKING, Stage.BUSY)
    await moved(store, await queued(store, a_target(15, network=5), kind=Kind.SNAPSHOT), Stage.ASKING)
    commanded = await store.alerts.feeds.commanded(5, [1])
    assert sorted(commanded.under_way) == [(1, 11, NOON), (2, 12, asked), (3, 13, begun)]
