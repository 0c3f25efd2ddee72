"""Subscriptions in the database: the cameras that people want to hear of, and their settings for alerts."""

import json
from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, null, or_, select, update

from bot.models import OWN, AlertPlace, CameraKey, CameraPlace, Channel, Events, Hours, Right, Subscription, Watcher

from .alert_tables import (
    alert_messages,
    alerts,
    camera_health,
    feeds,
    health_looks,
    health_told,
    subscriptions,
    watchers,
)
from .columns import Field, StoredFields, enum_field
from .store_part import StorePart, reads, writes
from .tables import accounts, people, shares
from .transaction import DatabaseTime, Transaction


def _spell(cameras: Collection[CameraKey]) -> str:
    return json.dumps(sorted(map(str, cameras)))


def _read(text: str) -> frozenset[CameraKey]:
    return frozenset(key for one in json.loads(text) if (key := CameraKey.parse(one)))


def _spell_places(places: Collection[CameraPlace]) -> str | None:
    if not places:
        return None
    spelt: list[dict[str, Any]] = [
        {
            "camera": str(one.camera),
            "guild_id": one.place.channel.guild_id,
            "channel_id": one.place.channel.channel_id,
            "role_id": one.place.role_id,
            "events": one.events.value,
        }
        for one in places
    ]
    return json.dumps(spelt)


def _read_places(text: str) -> tuple[CameraPlace, ...]:
    return tuple(
        CameraPlace(
            camera,
            AlertPlace(Channel(one["guild_id"], one["channel_id"]), one["role_id"]),
            Events(one["events"]),
        )
        for one in json.loads(text)
        if (camera := CameraKey.parse(one["camera"]))
    )


_WATCHER = StoredFields(
    Watcher,
    without=("locale",),
    cameras=Field("cameras", write=_spell_places, read=_read_places, null=()),
    quiet=StoredFields(Hours, prefix="quiet_", absent_if="quiet_begin"),
    channel=StoredFields(Channel, guild_id="channel_guild_id", absent_if="channel_id"),
    events=enum_field("events", Events, null=Events.ALL),
)
_SUBSCRIPTION = StoredFields(
    Subscription,
    cameras=Field("cameras", write=_spell, read=_read),
    muted=Field("muted", write=_spell, read=_read),
)

_heard_by = subscriptions.outerjoin(watchers, watchers.c.user_id == subscriptions.c.user_id)
# Alerts of their own cameras go to the channel that they chose, even if they take no direct messages.
_in_channel = and_(
    subscriptions.c.guild_id == OWN, or_(watchers.c.channel_id.is_not(None), watchers.c.cameras.is_not(None))
)
_reachable = or_(watchers.c.unreachable_at.is_(None), _in_channel)
_hearers = (
    select(subscriptions.c.user_id)
    .select_from(_heard_by)
    .where(subscriptions.c.owner_id == feeds.c.owner_id, _reachable)
)
_links = select(accounts.c.user_id).where(accounts.c.user_id == feeds.c.owner_id, accounts.c.signed_out_at.is_(None))

wanted = and_(_links.exists(), _hearers.exists())  # feeds that can be read for somebody who can be reached
waits = and_(alerts.c.notice_id.is_(None), alerts.c.dropped_at.is_(None))
being_sent = (
    select(alert_messages.c.id)
    .where(alert_messages.c.id == alerts.c.notice_id, alert_messages.c.told_at.is_(None))
    .exists()
)


class SubscriptionStore(StorePart):
    """Stores subscriptions for alerts; one transaction at a time changes those for an owner's cameras."""

    @reads
    def watcher(self, transaction: Transaction, user_id: int) -> Watcher:
        """Return a person's settings for alerts, or the defaults."""
        known = watchers.outerjoin(people, people.c.user_id == watchers.c.user_id)
        theirs = select(watchers, people.c.locale).select_from(known).where(watchers.c.user_id == user_id)
        row = transaction.row(theirs)
        return _WATCHER.value_of(row, locale=row["locale"]) if row else Watcher(user_id)

    @reads
    def sleeping(self, transaction: Transaction, now: datetime) -> frozenset[int]:
        """Return the people whose waiting alerts stay until their quiet hours are over; a mute would drop them now."""
        waiting = select(alerts.c.user_id).where(waits)
        quiet = select(watchers).where(watchers.c.user_id.in_(waiting), watchers.c.quiet_begin.is_not(None))
        known = [_WATCHER.value_of(row) for row in transaction.rows(quiet)]
        return frozenset(one.user_id for one in known if one.quiet_until(now) and one.wants_to_know(now))

    @writes
    def remember(self, transaction: Transaction, watcher: Watcher) -> None:
        """Save a person's settings for alerts; without `health`, forget what they were told of it."""
        transaction.put(watchers, _WATCHER.columns_of(watcher), unique=["user_id"])
        if not watcher.health:
            _forget_health_told(transaction, watcher.user_id)

    @writes
    def cannot_reach(self, transaction: Transaction, user_id: int, *, at: datetime) -> None:
        """Note that a person with subscriptions takes no direct messages, and leave the choices that are stored."""
        theirs = select(subscriptions.c.user_id).where(subscriptions.c.user_id == user_id).limit(1)
        unreachable = {"user_id": user_id, "unreachable_at": at}
        if transaction.scalar(theirs) is not None:
            transaction.put(watchers, unreachable, unique=["user_id"])
        else:  # somebody without choices has unlinked meanwhile, and nothing may be kept of them
            transaction.change(update(watchers).where(watchers.c.user_id == user_id).values(unreachable))

    @reads
    def of_person(self, transaction: Transaction, user_id: int) -> list[Subscription]:
        """Return a person's subscriptions, those for their own cameras first."""
        theirs = (
            select(subscriptions)
            .where(subscriptions.c.user_id == user_id)
            .order_by(subscriptions.c.guild_id, subscriptions.c.owner_id)
        )
        return [_SUBSCRIPTION.value_of(row) for row in transaction.rows(theirs)]

    @reads
    def kept_of(self, transaction: Transaction, user_id: int) -> dict[str, list[dict[str, Any]]]:
        """Return what is kept of the alerts of a person, as rows, for an export."""
        kept = {
            "alerts": select(alerts).where(alerts.c.user_id == user_id).order_by(alerts.c.happened_at, alerts.c.id),
            "alert_messages": select(alert_messages)
            .where(alert_messages.c.user_id == user_id)
            .order_by(alert_messages.c.made_at, alert_messages.c.id),
            "told_of_health": select(health_told)
            .where(health_told.c.user_id == user_id)
            .order_by(health_told.c.camera),
            "recordings_looked_at": select(feeds).where(feeds.c.owner_id == user_id),
        }
        return {name: [dict(row) for row in transaction.rows(rows)] for name, rows in kept.items()}

    @writes
    def subscribe(self, transaction: Transaction, subscription: Subscription) -> bool:
        """Save a subscription in place of the one for the same cameras, and make a feed if there is none of that owner.

        Returns False if the owner has no linked account.
        """
        link = select(accounts.c.user_id).where(accounts.c.user_id == subscription.owner_id)
        feed = {"owner_id": subscription.owner_id, "cursor": subscription.since}
        transaction.one_at_a_time(subscription.owner_id)
        if transaction.scalar(link) is None:
            return False
        transaction.put(
            subscriptions, _SUBSCRIPTION.columns_of(subscription), unique=["user_id", "owner_id", "guild_id"]
        )
        transaction.insert_new(feeds, feed, unique=["owner_id"])
        return True

    @writes
    def unsubscribe(self, transaction: Transaction, subscription: Subscription) -> None:
        """Delete a subscription, its alerts that wait, and the feed if nobody else wants it."""
        user_id, owner_id = subscription.user_id, subscription.owner_id
        transaction.one_at_a_time(user_id, owner_id)
        forget_heard_of(transaction, user_id, owner_id, guild_id=subscription.guild_id)

    @reads
    def subscribing(self, transaction: Transaction, owner_id: int) -> list[tuple[Subscription, Watcher]]:
        """Return the subscriptions for an owner's cameras of people who can be reached."""
        found = select(subscriptions).select_from(_heard_by).where(subscriptions.c.owner_id == owner_id, _reachable)
        hearing = select(watchers).where(watchers.c.user_id.in_(found.with_only_columns(subscriptions.c.user_id)))
        in_order = found.order_by(subscriptions.c.user_id, subscriptions.c.guild_id)
        theirs = [_SUBSCRIPTION.value_of(row) for row in transaction.rows(in_order)]
        known = {row["user_id"]: _WATCHER.value_of(row) for row in transaction.rows(hearing)}
        return [
            (subscription, known.get(subscription.user_id) or Watcher(subscription.user_id)) for subscription in theirs
        ]


def one_account_at_a_time(transaction: Transaction, user_id: int) -> None:
    """Lock a person's subscriptions and those for their cameras, before a transaction changes their link."""
    either = or_(subscriptions.c.user_id == user_id, subscriptions.c.owner_id == user_id)
    found = transaction.tuples(select(subscriptions.c.user_id, subscriptions.c.owner_id).where(either))
    transaction.one_at_a_time(user_id, *(number for row in found for number in row))


def note_account(transaction: Transaction, owner_id: int) -> None:
    """Save the Blink account of a feed that was never read, before the link names another one."""
    linked = select(accounts.c.account_id).where(accounts.c.user_id == owner_id).scalar_subquery()
    unread = and_(feeds.c.owner_id == owner_id, feeds.c.account_id.is_(None))
    transaction.change(update(feeds).where(unread).values(account_id=linked))


def subscription_of_other_account(transaction: Transaction, owner_id: int, account_id: int) -> None:
    """Move a feed of another Blink account to this one; only subscriptions for all of a person's own cameras stay."""
    _forget_unlinked_cameras(transaction)
    other = and_(feeds.c.owner_id == owner_id, feeds.c.account_id != account_id)
    if transaction.scalar(select(feeds.c.owner_id).where(other)) is None:
        return
    theirs = subscriptions.c.owner_id == owner_id
    gone = and_(theirs, or_(subscriptions.c.guild_id != OWN, subscriptions.c.cameras.is_not(None)))
    old = and_(alerts.c.owner_id == owner_id, alerts.c.account_id != account_id)
    now = DatabaseTime()
    transaction.change(delete(subscriptions).where(gone))
    transaction.change(update(subscriptions).where(theirs).values(since=now, muted="[]"))
    transaction.change(delete(alerts).where(old, ~being_sent))
    # Without an owner no process can save any more how far it has read the old account.
    transaction.change(update(feeds).where(other).values(account_id=null(), cursor=now, owner=null()))
    _forget_unwanted(transaction, feeds.c.owner_id == owner_id)


def forget_unshared(transaction: Transaction, *which: ColumnElement[bool]) -> None:
    """Delete subscriptions for others' cameras that no share of that owner in that server allows any more."""
    serving = select(shares.c.id).where(
        shares.c.owner_id == subscriptions.c.owner_id,
        shares.c.guild_id == subscriptions.c.guild_id,
        shares.c.rights.contains(Right.ALERTS.value),
        or_(shares.c.until.is_(None), shares.c.until > DatabaseTime()),
    )
    unshared = and_(subscriptions.c.guild_id != OWN, ~serving.exists(), *which)
    owners = set(transaction.scalars(select(subscriptions.c.owner_id).where(unshared)))
    if not owners:
        return
    transaction.one_at_a_time(*owners)
    transaction.change(delete(subscriptions).where(unshared, subscriptions.c.owner_id.in_(owners)))
    _forget_unwanted(transaction, feeds.c.owner_id.in_(owners))


def forget_heard_of(transaction: Transaction, user_id: int, owner_id: int, *, guild_id: int | None = None) -> None:
    """Delete a person's subscriptions for an owner's cameras and their alerts that wait: of all servers, or of one."""
    for table, more in ((subscriptions, []), (alerts, [waits])):
        where = table.c.guild_id != OWN if guild_id is None else table.c.guild_id == guild_id
        theirs = (table.c.user_id == user_id, table.c.owner_id == owner_id, where)
        transaction.change(delete(table).where(*theirs, *more))
    _forget_unwanted(transaction, feeds.c.owner_id == owner_id)


def forget_watcher(transaction: Transaction, user_id: int) -> None:
    """Delete a person's subscriptions and alerts, and others' for their cameras with the alerts not sent yet."""
    own, shared = subscriptions.c.user_id == user_id, subscriptions.c.owner_id == user_id
    heard = transaction.scalars(select(subscriptions.c.owner_id).where(own))
    transaction.change(delete(subscriptions).where(or_(own, shared)))
    transaction.change(delete(watchers).where(watchers.c.user_id == user_id))
    transaction.change(delete(alerts).where(alerts.c.user_id == user_id))
    transaction.change(delete(alerts).where(alerts.c.owner_id == user_id, ~being_sent))
    transaction.change(delete(alert_messages).where(alert_messages.c.user_id == user_id))
    _forget_health_told(transaction, user_id)
    _forget_unlinked_cameras(transaction)
    _forget_unwanted(transaction, feeds.c.owner_id.in_([user_id, *heard]))


def _forget_health_told(transaction: Transaction, user_id: int) -> None:
    """Delete what a person was told of the health of cameras, and end a message that is on its way."""
    transaction.change(delete(health_told).where(health_told.c.user_id == user_id))
    under_way = and_(
        alert_messages.c.user_id == user_id, alert_messages.c.health.is_not(None), alert_messages.c.told_at.is_(None)
    )
    transaction.change(update(alert_messages).where(under_way).values(told_at=DatabaseTime()))


def _forget_unlinked_cameras(transaction: Transaction) -> None:
    """Delete the health of the cameras of Blink accounts that nobody links any more."""
    linked = select(accounts.c.account_id).where(accounts.c.account_id.is_not(None))
    for table in (camera_health, health_looks):
        transaction.change(delete(table).where(table.c.account_id.not_in(linked)))


def _forget_unwanted(transaction: Transaction, these: ColumnElement[bool]) -> None:
    somebody = select(subscriptions.c.user_id).where(subscriptions.c.owner_id == feeds.c.owner_id).exists()
    transaction.change(delete(feeds).where(these, ~somebody))
