"""What becomes of people's choices about alerts, in a database as the bot has it."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.alerts import AlertSubscriptions
from bot.models import Alert, CameraKey, CameraKind, Subscription
from bot.store import Store, open_store
from tests.support.databases import with_tables
from tests.support.examples import KEYRING, an_account

ALICE, BOB, GUILD, ATTIC = 1, 2, 30, 31
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
FRONT, YARD, SHED = (CameraKey(CameraKind.CAMERA, 7, number) for number in (1, 2, 3))
ALL = Subscription(ALICE, ALICE, NOON)


@dataclass
class Desk:
    """Where people choose, at a time that is ours."""

    store: Store
    now: datetime = NOON
    looks: list[str] = field(default_factory=list[str])

    def __post_init__(self) -> None:
        self.alerts = AlertSubscriptions(
            self.store.alerts, changed=lambda: self.looks.append("at once"), now=lambda: self.now
        )

    async def filmed(self, subscription: Subscription, *cameras: CameraKey) -> None:
        """Let a recording of each camera wait to be told."""
        [feed] = [one for one in await self.store.alerts.feeds.keep() if one.owner_id == subscription.owner_id]
        news = [
            Alert(
                f"{n}-{subscription.guild_id}",
                subscription.user_id,
                subscription.owner_id,
                subscription.guild_id,
                5,
                n + subscription.guild_id,
                key,
                "x",
                NOON,
            )
            for n, key in enumerate(cameras)
        ]
        assert await self.store.alerts.feeds.advance(
            feed, news=news, finished=[], forget_before=NOON - timedelta(days=1)
        )

    async def waiting(self, user_id: int = ALICE) -> list[CameraKey | None]:
        return [one.camera for one in await self.store.alerts.alert_messages.waiting_of(user_id)]


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with open_store(with_tables(tmp_path / "bot.db").url, KEYRING) as store:
        await store.accounts.link(an_account(ALICE))
        yield Desk(store)


async def test_a_wish_has_the_poller_look_at_once(desk: Desk) -> None:
    assert await desk.alerts.subscribe(ALL)
    assert await desk.alerts.subscriptions_of(ALICE) == [ALL]
    assert desk.looks == ["at once"]


async def test_nobody_hears_of_cameras_whose_owner_has_no_link(desk: Desk) -> None:
    assert not await desk.alerts.subscribe(Subscription(ALICE, BOB, NOON, GUILD))
    assert await desk.alerts.subscriptions_of(ALICE) == []
    assert desk.looks == []


async def test_what_is_changed_goes_on_from_where_it_began(desk: Desk) -> None:
    await desk.alerts.subscribe(ALL)
    later = NOON + timedelta(hours=1)
    await desk.alerts.subscribe(replace(ALL, since=later, cameras=frozenset({YARD})))
    await desk.alerts.subscribe(replace(ALL, user_id=BOB, guild_id=GUILD, since=later))
    assert await desk.alerts.subscriptions_of(ALICE) == [replace(ALL, cameras=frozenset({YARD}))]
    assert [one.since for one in await desk.alerts.subscriptions_of(BOB)] == [later]


async def test_a_wish_for_no_camera_ends_it(desk: Desk) -> None:
    await desk.alerts.subscribe(ALL)
    assert await desk.alerts.subscribe(replace(ALL, cameras=frozenset()))
    assert await desk.alerts.subscriptions_of(ALICE) == []


async def test_what_waits_of_a_camera_that_is_left_out_is_dropped(desk: Desk) -> None:
    await desk.alerts.subscribe(ALL)
    await desk.filmed(ALL, FRONT, YARD)
    await desk.alerts.subscribe(replace(ALL, cameras=frozenset({YARD, SHED})))
    assert await desk.waiting() == [YARD]


async def test_muting_a_camera_of_all_leaves_the_others(desk: Desk) -> None:
    await desk.alerts.subscribe(ALL)
    await desk.filmed(ALL, FRONT, YARD)
    assert await desk.alerts.mute_camera(ALICE, ALICE, FRONT)
    assert await desk.alerts.subscriptions_of(ALICE) == [replace(ALL, muted=frozenset({FRONT}))]
    assert await desk.waiting() == [YARD]
    assert not await desk.alerts.mute_camera(ALICE, ALICE, FRONT)


async def test_muting_the_only_camera_that_was_chosen_ends_the_wish(desk: Desk) -> None:
    await desk.alerts.subscribe(replace(ALL, cameras=frozenset({FRONT, YARD})))
    assert await desk.alerts.mute_camera(ALICE, ALICE, FRONT)
    assert [one.cameras for one in await desk.alerts.subscriptions_of(ALICE)] == [{YARD}]
    assert not await desk.alerts.mute_camera(ALICE, BOB, YARD)
    assert await desk.alerts.mute_camera(ALICE, ALICE, YARD)
    assert await desk.alerts.subscriptions_of(ALICE) == []


async def test_a_shared_camera_is_muted_in_every_server_for_this_person_alone(desk: Desk) -> None:
    here, there = (
        Subscription(BOB, ALICE, NOON, GUILD),
        Subscription(BOB, ALICE, NOON, ATTIC, cameras=frozenset({FRONT})),
    )
    for subscription in (ALL, here, there):
        await desk.alerts.subscribe(subscription)
    assert await desk.alerts.mute_camera(BOB, ALICE, FRONT)
    assert await desk.alerts.subscriptions_of(BOB) == [replace(here, muted=frozenset({FRONT}))]
    assert await desk.alerts.subscriptions_of(ALICE) == [ALL]


async def test_muting_again_goes_on_with_the_mute_that_is_under_way(desk: Desk) -> None:
    first = await desk.alerts.mute(ALICE, seconds=3600)
    assert (first.muted_from, first.muted_until) == (NOON, NOON + timedelta(hours=1))
    desk.now = NOON + timedelta(minutes=50)
    again = await desk.alerts.mute(ALICE, seconds=3600)
    assert (again.muted_from, again.muted_until) == (NOON, desk.now + timedelta(hours=1))
    desk.now = NOON + timedelta(hours=5)
    anew = await desk.alerts.mute(ALICE, seconds=60)
    assert (anew.muted_from, anew.muted_until) == (desk.now, desk.now + timedelta(minutes=1))
    assert await desk.alerts.watcher(ALICE) == anew


async def test_stop_ends_every_wish(desk: Desk) -> None:
    await desk.store.accounts.link(an_account(BOB))
    for subscription in (ALL, Subscription(ALICE, BOB, NOON, GUILD), Subscription(BOB, BOB, NOON)):
        assert await desk.alerts.subscribe(subscription)
    await desk.alerts.stop(ALICE)
    assert await desk.alerts.subscriptions_of(ALICE) == []
    assert len(await desk.alerts.subscriptions_of(BOB)) == 1
