"""The health of cameras, and the mentions of roles: one look an hour, each news once, nothing of strangers is kept."""

import asyncio
from dataclasses import replace
from datetime import timedelta

from bot.models import (
    AlertPlace,
    CameraHealth,
    CameraKey,
    CameraKind,
    CameraNews,
    CameraPlace,
    Channel,
    Events,
    HealthChange,
    Person,
    Region,
    Watcher,
)
from bot.store import Store
from tests.support.databases import Outside
from tests.support.examples import ALICE, BOB, NOON, an_account, an_alert, an_alert_message, followed, found

DOOR, GARDEN = (CameraKey(CameraKind.OWL, 7, number) for number in (1, 2))
LOW = CameraHealth(DOOR, "Front Door", NOON, low_battery=True)
HOUR = 3600.0
EVERY = 300.0


async def _wanted(store: Store, *people: int) -> None:
    for person in people:
        await store.accounts.link(an_account(person))
        await store.alerts.subscriptions.remember(Watcher(person, health=True))


async def test_one_of_two_processes_looks_and_again_after_an_hour(
    store: Store, other: Store, database: Outside
) -> None:
    await _wanted(store, ALICE, BOB)
    assert await store.alerts.health.due(every=HOUR) == {5: [ALICE, BOB]}
    claims = [one.alerts.health.claim(5, every=HOUR) for one in (store, other, store, other)]
    assert sorted(await asyncio.gather(*claims)) == [False, False, False, True]
    assert await store.alerts.health.due(every=HOUR) == {}
    assert await store.alerts.health.due(every=0.0) == {5: [ALICE, BOB]}
    database.execute("UPDATE health_looks SET looked_at = ?", NOON)
    claims = [one.alerts.health.claim(5, every=HOUR) for one in (store, other)]
    assert sorted(await asyncio.gather(*claims)) == [False, True]


async def test_a_look_that_was_noted_before_the_clock_was_set_back_holds_up_none(
    store: Store, database: Outside
) -> None:
    await _wanted(store, ALICE)
    assert await store.alerts.health.claim(5, every=HOUR)
    database.execute("UPDATE health_looks SET looked_at = ?", NOON + timedelta(days=10_000))
    assert await store.alerts.health.claim(5, every=HOUR)


async def test_of_two_processes_one_tells_and_the_other_goes_on_once_that_one_is_gone(
    store: Store, other: Store, database: Outside
) -> None:
    await _wanted(store, ALICE)
    await store.alerts.health.saw(5, [LOW, CameraHealth(GARDEN, "Garden", NOON)])
    assert await store.alerts.health.with_news() == [ALICE]
    made = await asyncio.gather(*(one.alerts.health.make_message(ALICE, now=NOON) for one in (store, other)))
    [message] = [one for one in made if one]
    assert message.news == (CameraNews("Front Door", HealthChange.LOW_BATTERY),)
    assert await store.alerts.health.with_news() == []
    mine, theirs = (store, other) if made[0] else (other, store)
    assert await theirs.alerts.health.unfinished() == []
    assert await mine.alerts.health.unfinished() == [replace(message, resumed=True)]
    assert await mine.alerts.alert_messages.unfinished() == [], "it is no message about motion"
    assert await mine.alerts.alert_messages.made_since(ALICE, NOON, now=NOON) == []
    await mine.alerts.feeds.release()
    await theirs.alerts.feeds.keep()
    assert await theirs.alerts.health.unfinished() == [replace(message, resumed=True)]
    await theirs.alerts.alert_messages.finish(message)
    assert await theirs.alerts.health.unfinished() == []


async def test_what_comes_and_goes_is_news_each_time(store: Store) -> None:
    await _wanted(store, ALICE)
    told = list[list[str]]()
    for hour, (offline, low) in enumerate([(0, 0), (1, 0), (1, 0), (1, 1), (0, 1), (0, 0), (0, 1)]):
        at = NOON + timedelta(hours=hour)
        seen = CameraHealth(DOOR, "Front Door", at, offline_since=at if offline else None, low_battery=bool(low))
        await store.alerts.health.saw(5, [seen])
        expected = await store.alerts.health.with_news()
        message = await store.alerts.health.make_message(ALICE, now=at)
        told.append([one.change.value for one in message.news] if message else [])
        assert bool(expected) or not message
    assert told == [[], [], ["offline"], ["low battery"], ["online"], [], ["low battery"]]


async def test_without_the_choice_or_the_link_nothing_is_kept(store: Store, database: Outside) -> None:
    await _wanted(store, ALICE, BOB)
    assert await store.alerts.health.claim(5, every=HOUR)
    await store.alerts.health.saw(5, [LOW])
    assert await store.alerts.health.of_person(ALICE) == [LOW]
    for person in (ALICE, BOB):
        assert await store.alerts.health.make_message(person, now=NOON)
    await store.alerts.subscriptions.remember(Watcher(ALICE))
    assert database.rows("SELECT DISTINCT user_id FROM health_told") == [(BOB,)]
    assert [one.user_id for one in await store.alerts.health.unfinished()] == [BOB]
    assert await store.alerts.health.of_person(ALICE) == []
    await store.accounts.unlink(ALICE)
    assert len(database.rows("SELECT * FROM camera_health")) == 1, "Bob links that account too"
    await store.accounts.unlink(BOB)
    for table in ("camera_health", "health_looks", "health_told", "notices", "watchers"):
        assert database.rows(f"SELECT * FROM {table}") == [], table  # noqa: S608 - constants
    await store.alerts.health.saw(5, [LOW])
    assert database.rows("SELECT * FROM camera_health") == [], "a look that ended after the link was deleted"


async def test_another_account_begins_from_nothing(store: Store, database: Outside) -> None:
    await _wanted(store, ALICE)
    await store.alerts.health.saw(5, [LOW])
    assert await store.alerts.health.make_message(ALICE, now=NOON)
    await store.accounts.link(an_account(ALICE, region=Region("e008", 6)))
    assert database.rows("SELECT * FROM camera_health") == []
    assert await store.alerts.health.with_news() == []
    await store.alerts.health.saw(6, [LOW])
    assert await store.alerts.health.make_message(ALICE, now=NOON)


async def test_settings_come_back_as_they_were_saved_with_the_locale_of_their_person(store: Store) -> None:
    places = (
        CameraPlace(DOOR, AlertPlace(Channel(14, 15), 16), Events.RINGS),
        CameraPlace(GARDEN, AlertPlace(Channel(14, 17))),
    )
    watcher = Watcher(ALICE, health=True, cameras=places)
    await store.people.remember(Person(ALICE))
    await store.alerts.subscriptions.remember(watcher)
    assert await store.alerts.subscriptions.watcher(ALICE) == watcher
    await store.people.speaks(ALICE, "en-US")
    await store.people.speaks(BOB, "en-US")
    assert await store.alerts.subscriptions.watcher(ALICE) == replace(watcher, locale="en-US")
    assert (await store.people.person(ALICE)).locale == "en-US"
    assert (await store.people.person(BOB)).locale is None, "nothing is kept of somebody who has chosen nothing"


async def test_a_role_is_mentioned_once_in_five_minutes_for_each_camera_whoever_asks(
    store: Store, other: Store, database: Outside
) -> None:
    feed = await followed(store)
    alerts = [an_alert(after=number) for number in range(3)] + [an_alert(camera=GARDEN)]
    await found(store, *alerts, feed=feed)
    first, second, third, garden = (an_alert_message(one) for one in alerts)
    for message in (first, second, third, garden):
        assert await store.alerts.alert_messages.make(message, since=NOON, most=9)
    asked = [
        store.alerts.alert_messages.mention(first, 16, every=EVERY),
        other.alerts.alert_messages.mention(second, 16, every=EVERY),
    ]
    assert sorted(await asyncio.gather(*asked)) == [False, True]
    [mentions] = [one for one in await store.alerts.alert_messages.unfinished() if one.role_id == 16]
    assert await store.alerts.alert_messages.mention(mentions, 16, every=EVERY), "its own mention does not hold it up"
    assert not await store.alerts.alert_messages.mention(third, 16, every=EVERY)
    assert await store.alerts.alert_messages.mention(garden, 16, every=EVERY)
    database.execute("UPDATE notices SET mentioned_at = ?", NOON)
    assert await store.alerts.alert_messages.mention(third, 16, every=EVERY)
    # noted before the database's clock was set back
    database.execute("UPDATE notices SET role_id = 16, mentioned_at = ?", NOON + timedelta(days=10_000))
    assert await store.alerts.alert_messages.mention(third, 16, every=EVERY)
