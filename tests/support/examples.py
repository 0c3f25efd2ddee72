"""Jobs and accounts as the bot would store them."""

import asyncio
import itertools
import secrets
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.models import (
    Account,
    Alert,
    AlertMessage,
    CameraKey,
    CameraKind,
    Feed,
    Job,
    JobRequest,
    Region,
    Reply,
    Right,
    Share,
    Stage,
    Subscription,
    Target,
    Tokens,
    Use,
)
from bot.store import Keyring, Store

from .jobs import with_values

KEY = "a secret that a host made for us, long enough"
KEYRING = Keyring([KEY])
NOON = datetime(2026, 11, 20, 12, 0, 0, 123456, tzinfo=UTC)
ALICE, BOB = 80351110224678912, 1180351110224678913

_numbers = itertools.count(1)


def a_reply(**changes: Any) -> Reply:
    values: dict[str, Any] = {
        "application_id": 11,
        "token": f"interaction-token-{secrets.token_hex(8)}",
        "expires_at": NOON + timedelta(minutes=15),
        "channel_id": 12,
        "message_id": 13,
        "ephemeral": True,
        "in_dm": False,
        "bot_can_edit": True,
        "guild_id": 14,
    }
    return Reply(**{**values, **changes})


def a_job(*, after: float = 0, **changes: Any) -> Job:
    """A job just received, asked `after` seconds past noon."""
    request = JobRequest(10**18 + next(_numbers), ALICE, "Front Door", NOON + timedelta(seconds=after))
    return with_values(Job(secrets.token_hex(8), request, a_reply()), **changes)


def a_target(camera: int = 1, *, network: int = 7, account: int = 5) -> Target:
    return Target(
        account, CameraKey(CameraKind.OWL, network, camera), f"Camera {camera}", f"Home {network}", usb="active"
    )


def an_account(user_id: int = ALICE, **changes: Any) -> Account:
    values: dict[str, Any] = {
        "user_id": user_id,
        "link_id": secrets.token_hex(8),
        "tokens": some_tokens(),
        "linked_at": NOON,
        "region": Region("e008", 5),
    }
    return Account(**{**values, **changes})


def a_share(**changes: Any) -> Share:
    """What Alice lets Bob do with one camera."""
    values: dict[str, Any] = {
        "id": secrets.token_hex(8),
        "owner_id": ALICE,
        "owner_name": "Alice",
        "guild_id": 14,
        "guest_id": BOB,
        "to_role": False,
        "guest_name": "Bob",
        "account_id": 5,
        "scope": "owl.7.1",
        "label": "Front Door · Home",
        "rights": frozenset({Right.STATUS, Right.CLIP}),
        "created_at": NOON,
    }
    return Share(**{**values, **changes})


def a_use(**changes: Any) -> Use:
    values: dict[str, Any] = {
        "owner_id": ALICE,
        "guild_id": 14,
        "user_id": BOB,
        "right": Right.CLIP,
        "label": "Front Door",
        "at": NOON,
    }
    return Use(**{**values, **changes})


def a_subscription(**changes: Any) -> Subscription:
    """What Alice wants to hear of her own cameras."""
    return Subscription(**{"user_id": ALICE, "owner_id": ALICE, "since": NOON, **changes})


def a_shared_subscription(**changes: Any) -> Subscription:
    """What Bob wants to hear of Alice's cameras."""
    return a_subscription(**{"user_id": BOB, "guild_id": 14, **changes})


def an_alert(*, after: float = 0, **changes: Any) -> Alert:
    """A recording of Alice's that she is to hear of, made `after` seconds past noon."""
    values: dict[str, Any] = {
        "id": secrets.token_hex(8),
        "user_id": ALICE,
        "owner_id": ALICE,
        "guild_id": 0,
        "account_id": 5,
        "media_id": next(_numbers),
        "camera": CameraKey(CameraKind.OWL, 7, 1),
        "label": "Front Door",
        "happened_at": NOON + timedelta(seconds=after),
        "path": "/api/v2/clip.mp4",
    }
    return Alert(**{**values, **changes})


def a_shared_alert(**changes: Any) -> Alert:
    """A recording of Alice's that Bob is to hear of."""
    return an_alert(**{"user_id": BOB, "guild_id": 14, **changes})


def an_alert_message(*told: Alert, **changes: Any) -> AlertMessage:
    values: dict[str, Any] = {"id": secrets.token_hex(8), "user_id": told[0].user_id, "made_at": NOON, "alerts": told}
    return AlertMessage(**{**values, **changes})


async def followed(store: Store, *subscriptions: Subscription) -> Feed:
    """The feed of Alice's cameras, which this process reads for these subscriptions, or for her own."""
    if await store.accounts.account(ALICE) is None:
        await store.accounts.link(an_account(ALICE))
    for subscription in subscriptions or (a_subscription(),):
        assert await store.alerts.subscriptions.subscribe(subscription)
    [feed] = await store.alerts.feeds.keep()
    return feed


async def found(store: Store, *news: Alert, feed: Feed | None = None) -> None:
    """Let these alerts wait."""
    feed = feed or (await store.alerts.feeds.keep())[0]
    assert await store.alerts.feeds.advance(feed, news=news, finished=(), forget_before=NOON - timedelta(days=1))


def some_tokens() -> Tokens:
    return Tokens(
        f"access-{secrets.token_hex(8)}", f"refresh-{secrets.token_hex(8)}", NOON + timedelta(hours=4), "ios", "HW-ID"
    )


async def received(store: Store, **changes: Any) -> Job:
    job = a_job(**changes)
    assert await store.jobs.insert(job)
    return job


async def queued(store: Store, target: Target | None = None, **changes: Any) -> Job:
    """A job that stands in the queue of its camera's network."""
    job = await received(store, **changes)
    waiting = job.moved(Stage.QUEUED, target=target or a_target())
    assert (await store.jobs.queue(job, waiting, most=99)).queued
    return waiting


async def moved(store: Store, job: Job, *stages: Stage) -> Job:
    """The job after it went through `stages` one by one."""
    for stage in stages:
        new = job.moved(stage)
        await store.jobs.save(job, new)
        job = new
    return job


async def eventually(ask: Callable[[], Awaitable[bool]], timeout: float = 20.0) -> None:
    """Ask again and again until the answer is yes."""
    async with asyncio.timeout(timeout):
        while not await ask():  # noqa: ASYNC110 - the answer lies in a database
            await asyncio.sleep(0.01)
