"""The list of recordings holds more than motion: of what people hear, and in which words."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.alerts import AlertSubscriptions
from bot.alerts.classify import Classifier
from bot.blink import Camera, Inventory
from bot.blink.json_models import MediaAnswer
from bot.blink.responses import media_of
from bot.models import Alert, CameraKey, CameraKind, Commanded, Event, Events, Footage, Subscription, Watcher
from bot.store import Store, open_store
from bot.wording import alerts as words
from bot.wording import notify
from tests.support.alerts import an_alert, an_alert_message
from tests.support.databases import with_tables
from tests.support.examples import KEYRING, an_account

ALICE = 1
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
BELL = CameraKey(CameraKind.DOORBELL, 7, 1)
HOME = Inventory((Camera(BELL, "Front", "Home", "Video Doorbell", online=True),))
WISH = Subscription(ALICE, ALICE, since=NOON)


def heard(entry: dict[str, Any], events: Events = Events.ALL) -> list[Event]:
    """Return the events that somebody hears of when Blink lists `entry`."""
    listed: dict[str, Any] = {"id": 9, "network_id": 7, "device_id": 1, "created_at": NOON, "media": "/api/v2/9.mp4"}
    media = media_of(MediaAnswer.model_validate({**listed, **entry}))
    assert media
    subscribing = [(WISH, Watcher(ALICE, events=events))]
    classified = Classifier(5, HOME, subscribing, Commanded({}, ()), partial_after=NOON).classify([media])
    assert classified.settled == {9}, "what is not told is not looked at again either"
    return [alert.event for alert in classified.news]


SOURCES: dict[str, tuple[dict[str, Any], list[Event]]] = {
    "motion": ({"source": "pir"}, [Event.MOTION]),
    "motion that the camera has judged": ({"source": "cv_motion"}, [Event.MOTION]),
    "a cause that nobody knows": ({"source": "martians"}, [Event.MOTION]),
    "no cause": ({}, [Event.MOTION]),
    "a cause that is no word": ({"source": ["pir"]}, [Event.MOTION]),
    "a photo": ({"source": "snapshot"}, []),
    "a photo by its address": ({"media": "/api/v2/accounts/1/media/snapshot/9.mp4"}, []),
    "a live view": ({"source": "liveview"}, []),
    "a ring": ({"source": "button_press"}, [Event.RING]),
}


@pytest.mark.parametrize(("entry", "events"), SOURCES.values(), ids=SOURCES.keys())
def test_people_hear_of_motion_and_rings_and_of_nothing_else(entry: dict[str, Any], events: list[Event]) -> None:
    assert heard(entry) == events


def test_people_hear_of_what_they_chose() -> None:
    motion, ring = {"source": "pir"}, {"source": "button_press"}
    assert (heard(motion, Events.MOTION), heard(ring, Events.MOTION)) == ([Event.MOTION], [])
    assert (heard(motion, Events.RINGS), heard(ring, Events.RINGS)) == ([], [Event.RING])


def test_a_ring_is_called_a_ring() -> None:
    ring = an_alert(event=Event.RING)
    card = words.card(an_alert_message(ring, an_alert(2), replace(an_alert(3), event=Event.RING)), Footage.HERE)
    assert card.title.startswith("Somebody rang at Front Door · Home, <t:")
    assert "and 2 more: Front Door · Home 1, 🔔 Front Door · Home 1, until" in card.text
    assert words.caption(an_alert_message(ring)) == "Somebody rang at Front Door · Home"


def test_the_settings_say_of_which_events_people_hear() -> None:
    for events, said in ((Events.ALL, "Motion and rings"), (Events.MOTION, "no rings"), (Events.RINGS, "no motion")):
        watcher = Watcher(ALICE, events=events)
        assert said in notify.standing(notify.Standing(watcher, [WISH], NOON))
        assert (events.value in notify.summary(watcher, [WISH], NOON)) == (events is not Events.ALL)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with open_store(with_tables(tmp_path / "bot.db").url, KEYRING) as store:
        await store.accounts.link(an_account(ALICE))
        yield store


def alert(number: int, event: Event) -> Alert:
    return Alert(f"{number}", ALICE, ALICE, 0, 5, number, BELL, "Front", NOON, event=event)


async def test_the_choice_is_kept_and_drops_what_waits_and_is_wanted_no_longer(store: Store) -> None:
    alerts = AlertSubscriptions(store.alerts, now=lambda: NOON)
    assert await alerts.subscribe(WISH)
    await store.alerts.subscriptions.cannot_reach(ALICE, at=NOON)
    assert (await alerts.watcher(ALICE)).events is Events.ALL, "who has chosen nothing hears of both"
    await alerts.remember(Watcher(ALICE))
    news = [alert(1, Event.MOTION), alert(2, Event.RING)]
    [feed] = await store.alerts.feeds.keep()
    assert await store.alerts.feeds.advance(feed, news=news, finished=[], forget_before=NOON - timedelta(days=1))
    assert await store.alerts.alert_messages.waiting_of(ALICE) == news
    await alerts.remember(Watcher(ALICE, events=Events.RINGS))
    assert (await alerts.watcher(ALICE)).events is Events.RINGS
    assert await store.alerts.alert_messages.waiting_of(ALICE) == news[1:]


async def test_an_end_of_a_mute_leaves_what_happened_in_it_untold(store: Store) -> None:
    now = NOON
    alerts = AlertSubscriptions(store.alerts, now=lambda: now)
    await alerts.mute(ALICE, seconds=3600)
    now = NOON + timedelta(minutes=10)
    watcher = await alerts.unmute(ALICE)
    assert watcher == await alerts.watcher(ALICE)
    assert not watcher.wants_to_know(NOON + timedelta(minutes=9))
    assert watcher.wants_to_know(now)
    now += timedelta(days=1)
    assert await alerts.unmute(ALICE) == watcher
