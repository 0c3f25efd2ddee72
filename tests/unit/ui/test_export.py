"""What people take home of what is kept about them."""

import json
import threading
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from bot.alerts import AlertSubscriptions
from bot.models import CameraHealth, CameraKey, CameraKind, Invitation, Invited, Right, Watcher
from bot.sharing import Shares
from bot.store import Store, open_store
from bot.ui.export import exported
from tests.support.databases import with_tables
from tests.support.examples import (
    ALICE,
    BOB,
    KEYRING,
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


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with open_store(with_tables(tmp_path / "bot.db").url, KEYRING) as store:
        yield store


async def export_of(store: Store, user_id: int = ALICE, **services: Any) -> dict[str, Any]:
    """Return the file of a person, as it is at noon."""
    parts: dict[str, Any] = {
        "accounts": store.accounts,
        "people": store.people,
        "alerts": AlertSubscriptions(store.alerts, now=lambda: NOON),
        "shares": Shares(store.shares, now=lambda: NOON),
        "runner": SimpleNamespace(jobs_of=store.jobs.of_person),
        "untold": store.untold,
        "store": store,
    }
    return json.loads(await exported(cast("Any", SimpleNamespace(**parts | services)), user_id))


async def test_an_owner_does_not_read_who_has_left_what_they_share(store: Store) -> None:
    share = a_share(rights=frozenset({Right.SNAPSHOT, Right.CLIP}))
    await store.shares.give(share, most=1)
    [shown] = (await export_of(store))["shares"]
    assert shown["rights"] == ["clip", "snapshot"]
    assert shown["label"] == share.label
    assert "refused_by" not in shown


async def test_the_file_is_written_beside_the_event_loop(store: Store) -> None:
    threads = set[threading.Thread]()

    class Choices:
        def __str__(self) -> str:
            threads.add(threading.current_thread())
            return "kept"

    async def person(_: int) -> Choices:
        return Choices()

    assert (await export_of(store, people=SimpleNamespace(person=person)))["choices"] == "kept"
    assert threads
    assert threading.current_thread() not in threads


async def test_what_was_told_and_what_waits_is_in_the_file(store: Store) -> None:
    feed = await followed(store, a_subscription())
    told, waiting = an_alert(label="Front Door"), an_alert(label="Garden", after=1)
    await found(store, told, waiting, feed=feed)
    assert await store.alerts.alert_messages.make(message := an_alert_message(told), since=NOON, most=9)
    data = await export_of(store)
    assert [(one["label"], one["notice_id"]) for one in data["alerts"]] == [
        ("Front Door", message.id),
        ("Garden", None),
    ]
    assert [one["id"] for one in data["alert_messages"]] == [message.id]
    assert [one["cursor"] for one in data["recordings_looked_at"]] == [str(feed.cursor)]


async def test_the_alert_of_a_shared_camera_does_not_name_its_owners_blink_account(store: Store) -> None:
    await followed(store, a_subscription(), a_shared_subscription())
    await found(store, a_shared_alert(account_id=987654, path="/accounts/987654/clip.mp4", picture="/987654.jpg"))
    data = await export_of(store, BOB)
    assert [one["label"] for one in data["alerts"]] == ["Front Door"]
    assert "987654" not in json.dumps(data)


async def test_what_somebody_heard_of_their_cameras_health_is_in_the_file(store: Store) -> None:
    low = CameraHealth(CameraKey(CameraKind.OWL, 7, 1), "Front Door", NOON, low_battery=True)
    await store.accounts.link(an_account())
    await store.alerts.subscriptions.remember(Watcher(ALICE, health=True))
    await store.alerts.health.saw(5, [low])
    assert await store.alerts.health.make_message(ALICE, now=NOON)
    data = await export_of(store)
    assert {one["camera"]: one["low_battery"] for one in data["told_of_health"]}[str(low.camera)]
    [message] = data["alert_messages"]
    assert "low battery" in message["health"]


async def test_an_invitation_is_in_the_file_without_what_opens_it(store: Store) -> None:
    await store.invitations.invite(Invitation("a" * 64, Invited(ALICE, "alice"), NOON))
    data = await export_of(store)
    assert data["invitation"]["invited"]["name"] == "alice"
    assert "a" * 64 not in json.dumps(data)


async def test_a_share_that_has_ended_is_in_the_file_as_long_as_it_is_kept(store: Store) -> None:
    await store.shares.give(a_share(until=NOON - timedelta(days=1)), most=1)
    assert len((await export_of(store))["shares"]) == 1
