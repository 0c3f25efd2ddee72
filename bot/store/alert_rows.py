"""Watchers, wishes, feeds and alerts as rows, and back."""

import json
from collections.abc import Collection
from typing import Any

from sqlalchemy import RowMapping

from bot.alerts import Alert, Channel, Event, Events, Feed, Notice, Watcher, Wish
from bot.blink import Hours
from bot.models import CameraKey


def row_of_watcher(watcher: Watcher) -> dict[str, Any]:
    """Return the row that holds a watcher."""
    quiet, channel = watcher.quiet, watcher.channel
    return {
        "user_id": watcher.user_id,
        "quiet_begin": quiet.begin if quiet else None,
        "quiet_end": quiet.end if quiet else None,
        "quiet_zone": quiet.zone if quiet else None,
        "channel_guild_id": channel.guild_id if channel else None,
        "channel_id": channel.channel_id if channel else None,
        "muted_from": watcher.muted_from,
        "muted_until": watcher.muted_until,
        "unreachable_at": watcher.unreachable_at,
        "events": watcher.events.value,
    }


def watcher_of(row: RowMapping) -> Watcher:
    """Return the watcher that `row` holds."""
    quiet, channel = row["quiet_begin"], row["channel_id"]
    return Watcher(
        user_id=row["user_id"],
        quiet=None if quiet is None else Hours(quiet, row["quiet_end"], row["quiet_zone"]),
        channel=None if channel is None else Channel(row["channel_guild_id"], channel),
        muted_from=row["muted_from"],
        muted_until=row["muted_until"],
        unreachable_at=row["unreachable_at"],
        events=Events(row["events"] or Events.ALL),
    )


def row_of_wish(wish: Wish) -> dict[str, Any]:
    """Return the row that holds a wish."""
    return {
        "user_id": wish.user_id,
        "owner_id": wish.owner_id,
        "guild_id": wish.guild_id,
        "since": wish.since,
        "cameras": None if wish.cameras is None else _spell(wish.cameras),
        "muted": _spell(wish.muted),
    }


def wish_of(row: RowMapping) -> Wish:
    """Return the wish that `row` holds."""
    return Wish(
        user_id=row["user_id"],
        owner_id=row["owner_id"],
        guild_id=row["guild_id"],
        since=row["since"],
        cameras=None if row["cameras"] is None else _read(row["cameras"]),
        muted=_read(row["muted"]),
    )


def feed_of(row: RowMapping) -> Feed:
    """Return the feed that `row` holds."""
    return Feed(owner_id=row["owner_id"], cursor=row["cursor"], account_id=row["account_id"])


def row_of_alert(alert: Alert) -> dict[str, Any]:
    """Return the row that holds an alert that waits."""
    return {
        "id": alert.id,
        "user_id": alert.user_id,
        "owner_id": alert.owner_id,
        "guild_id": alert.guild_id,
        "account_id": alert.account_id,
        "media_id": alert.media_id,
        "camera": None if alert.camera is None else str(alert.camera),
        "label": alert.label,
        "happened_at": alert.happened_at,
        "path": alert.path,
        "picture": alert.picture,
        "event": alert.event.value,
    }


def alert_of(row: RowMapping) -> Alert:
    """Return the alert that `row` holds."""
    return Alert(
        id=row["id"],
        user_id=row["user_id"],
        owner_id=row["owner_id"],
        guild_id=row["guild_id"],
        account_id=row["account_id"],
        media_id=row["media_id"],
        camera=None if row["camera"] is None else CameraKey.parse(row["camera"]),
        label=row["label"],
        happened_at=row["happened_at"],
        path=row["path"],
        picture=row["picture"],
        event=Event(row["event"] or Event.MOTION),
    )


def notice_of(row: RowMapping, alerts: Collection[Alert]) -> Notice:
    """Return the notice that `row` holds, which somebody else may have begun to tell."""
    return Notice(
        id=row["id"],
        user_id=row["user_id"],
        made_at=row["made_at"],
        alerts=tuple(alerts),
        channel_id=row["channel_id"],
        message_id=row["message_id"],
        resumed=True,
    )


def _spell(cameras: Collection[CameraKey]) -> str:
    return json.dumps(sorted(map(str, cameras)))


def _read(spelt: str) -> frozenset[CameraKey]:
    return frozenset(key for one in json.loads(spelt) if (key := CameraKey.parse(one)))
