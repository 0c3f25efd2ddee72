"""Alerts in the database: the feeds that find them, the messages that tell them, and the lease of the process."""

import secrets
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Column, ColumnElement, Exists, Select, and_, delete, func, insert, or_, select, update

from bot.models import Alert, AlertMessage, CameraKey, Commanded, Event, Feed, HealthMessage, Kind, Stage

from .alert_tables import alert_messages, alerts, feeds, processes, subscriptions
from .columns import Field, StoredFields, enum_field
from .engine import Database
from .job_rows import in_stages
from .store_part import StorePart, reads, writes
from .subscriptions import being_sent, waits, wanted
from .tables import accounts, clip_jobs
from .transaction import DatabaseTime, Transaction, has_ended

_TAKING = -2  # one_at_a_time's other numbers are user ids and migrate's
_CLOCKS_DIFFER = timedelta(minutes=1)  # between processes, whose messages all count for one person
_MAY_RECORD = frozenset({Stage.ASKING, Stage.RECORDING, Stage.LOOKING})

_FEED = StoredFields(Feed)
_ALERT = StoredFields(
    Alert,
    camera=Field("camera", write=str, read=CameraKey.parse),
    event=enum_field("event", Event, null=Event.MOTION),
)
_MESSAGE = StoredFields(AlertMessage, without=("alerts", "resumed"))

_oldest_first = (alerts.c.happened_at, alerts.c.media_id, alerts.c.id)  # Blink knows moments in whole seconds


class Process:
    """This process and its lease, which ends `lease` seconds after it was last renewed."""

    def __init__(self, *, lease: float) -> None:
        self.id = secrets.token_hex(8)
        self._lease = lease

    def renew(self, transaction: Transaction) -> None:
        """Renew the lease."""
        transaction.put(processes, {"id": self.id, "until": DatabaseTime(self._lease)}, unique=["id"])

    def leave(self, transaction: Transaction) -> None:
        """End the lease, so that all this process has is free at once."""
        transaction.change(delete(processes).where(processes.c.id == self.id))

    def has(self, owner: Column[str]) -> ColumnElement[bool]:
        """Return the condition that `owner` names this process, whose lease has not ended."""
        return and_(owner == self.id, _lives(owner))

    def sends(self) -> ColumnElement[bool]:
        """Return the condition that a message is unfinished, and this process's."""
        return and_(_unfinished, self.has(alert_messages.c.owner))


def _free(owner: Column[str]) -> ColumnElement[bool]:
    """Return the condition that `owner` names no process whose lease lasts."""
    return or_(owner.is_(None), ~_lives(owner))


def _lives(owner: Column[str]) -> Exists:
    return select(processes.c.id).where(processes.c.id == owner, ~has_ended(processes.c.until)).exists()


_unfinished = alert_messages.c.told_at.is_(None)
_free_feed = and_(_free(feeds.c.owner), wanted)
_free_message = and_(_free(alert_messages.c.owner), _unfinished)


class FeedStore(StorePart):
    """Stores feeds: each belongs to one process, and only that one saves how far it has read."""

    def __init__(self, database: Database, process: Process) -> None:
        super().__init__(database)
        self._process = process

    async def keep(self) -> list[Feed]:
        """Renew this process's lease, take free feeds and alert messages, and return its feeds that are wanted.

        A feed is wanted if somebody who can be reached has a subscription for it, and its link is not signed out.
        """
        anything = (select(feeds.c.owner_id), select(alert_messages.c.id).where(_unfinished))
        something_free = (select(feeds.c.owner_id).where(_free_feed), select(alert_messages.c.id).where(_free_message))

        def known(transaction: Transaction) -> list[Feed] | None:
            return None if _finds(transaction, *something_free) else self._ours(transaction)

        def take(transaction: Transaction) -> list[Feed]:
            # The next process to take something sees the leases of all that have taken something before.
            transaction.one_at_a_time(_TAKING)
            self._take(transaction, feeds.c.owner_id, feeds.c.owner, _free_feed)
            self._take(transaction, alert_messages.c.id, alert_messages.c.owner, _free_message)
            return self._ours(transaction)

        if not await self.database.read(lambda transaction: _finds(transaction, *anything)):
            return []
        await self.database.write(self._process.renew)
        ours = await self.database.read(known)
        return await self.database.write(take) if ours is None else ours

    @writes
    def release(self, transaction: Transaction) -> None:
        """End this process's lease, so that another takes its feeds and alert messages at once."""
        self._process.leave(transaction)

    @reads
    def commanded(self, transaction: Transaction, account_id: int, media_ids: Collection[int]) -> Commanded:
        """Return the recordings of an account that people have asked for."""
        here = and_(clip_jobs.c.account_id == account_id, clip_jobs.c.kind == Kind.CLIP.value)
        began = func.coalesce(clip_jobs.c.blink_started_at, clip_jobs.c.asked_at, clip_jobs.c.created_at)
        known = select(clip_jobs.c.media_id, clip_jobs.c.user_id).where(here, clip_jobs.c.media_id.in_(media_ids))
        live = select(clip_jobs.c.network_id, clip_jobs.c.camera_id, began).where(
            here, in_stages(_MAY_RECORD), clip_jobs.c.told_at.is_(None)
        )
        claimed: dict[int, set[int]] = {}
        # Those under way first: a job that claims its recording meanwhile is in both, never in neither.
        under_way = [(network, camera, since) for network, camera, since in transaction.tuples(live)]
        for media_id, user_id in transaction.tuples(known):
            claimed.setdefault(media_id, set()).add(user_id)
        return Commanded({media_id: frozenset(users) for media_id, users in claimed.items()}, under_way)

    @writes
    def advance(
        self,
        transaction: Transaction,
        feed: Feed,
        *,
        news: Sequence[Alert],
        finished: Sequence[Alert],
        forget_before: datetime,
    ) -> bool:
        """Save how far a feed was read and its new alerts, each once, in one transaction.

        Alerts that nobody has subscribed to any more are left out. `finished` may be stored without their videos, which
        they have now. Deletes alerts of this feed that were sent and happened before `forget_before`. Returns False,
        and saves nothing, if the feed is not this process's any more, or its owner has linked another Blink account.
        """
        ours = and_(feeds.c.owner_id == feed.owner_id, self._process.has(feeds.c.owner))
        if feed.account_id is not None:
            other = and_(accounts.c.user_id == feed.owner_id, accounts.c.account_id != feed.account_id)
            ours = and_(ours, ~select(accounts.c.user_id).where(other).exists())
        subscribing = select(subscriptions.c.user_id, subscriptions.c.guild_id).where(
            subscriptions.c.owner_id == feed.owner_id
        )
        old = and_(alerts.c.owner_id == feed.owner_id, alerts.c.happened_at < forget_before)
        transaction.one_at_a_time(feed.owner_id)
        if transaction.scalar(select(feeds.c.owner_id).where(ours).with_for_update()) is None:
            return False
        stands = {"cursor": feed.cursor, "account_id": feed.account_id}
        transaction.change(update(feeds).where(feeds.c.owner_id == feed.owner_id).values(stands))
        transaction.change(delete(alerts).where(old, ~waits, ~being_sent))
        wanting = set(transaction.tuples(subscribing)) if news else ()
        rows = [_ALERT.columns_of(alert) for alert in news if (alert.user_id, alert.guild_id) in wanting]
        transaction.insert_all_new(alerts, rows, unique=["user_id", "account_id", "media_id"])
        if finished:
            _finish(transaction, finished)
        return True

    def _take(self, transaction: Transaction, key: Column[Any], owner: Column[str], these: ColumnElement[bool]) -> None:
        # Rows that a frozen machine has locked in the middle of a write must not hide the others.
        unlocked = select(key).where(these).with_for_update(skip_locked=True)
        transaction.change(update(key.table).where(key.in_(unlocked)).values({owner: self._process.id}))

    def _ours(self, transaction: Transaction) -> list[Feed]:
        link = select(accounts.c.link_id).where(accounts.c.user_id == feeds.c.owner_id).scalar_subquery()
        these = and_(self._process.has(feeds.c.owner), wanted)
        found = select(feeds, link.label("link_id")).where(these).order_by(feeds.c.owner_id)
        return [_FEED.value_of(row) for row in transaction.rows(found)]


class AlertMessageStore(StorePart):
    """Stores alerts and alert messages: one message tells an alert, and one process sends a message."""

    def __init__(self, database: Database, process: Process) -> None:
        super().__init__(database)
        self._process = process

    @reads
    def waiting(self, transaction: Transaction) -> frozenset[int]:
        """Return the people who have waiting alerts that are in no message yet."""
        return frozenset(transaction.scalars(select(alerts.c.user_id).where(waits).distinct()))

    @reads
    def waiting_of(self, transaction: Transaction, user_id: int) -> list[Alert]:
        """Return the alerts that wait for a person, oldest first."""
        return self._alerts(transaction, and_(alerts.c.user_id == user_id, waits))

    @writes
    def pass_on(self, transaction: Transaction, servers: Mapping[str, int]) -> None:
        """Let waiting alerts be told by the shares in another server, by the alerts' ids."""
        for alert_id, guild_id in servers.items():
            this = and_(alerts.c.id == alert_id, waits)
            transaction.change(update(alerts).where(this).values(guild_id=guild_id))

    @writes
    def drop(self, transaction: Transaction, unwanted: Collection[Alert]) -> None:
        """Note that these waiting alerts shall never be sent."""
        these = and_(alerts.c.id.in_([alert.id for alert in unwanted]), waits)
        transaction.change(update(alerts).where(these).values(dropped_at=DatabaseTime()))

    @writes
    def make(self, transaction: Transaction, message: AlertMessage, *, since: datetime, most: int) -> bool:
        """Make a message of waiting alerts; return False if `most` messages count since then, or an alert is taken."""
        ids = [alert.id for alert in message.alerts]
        these = and_(alerts.c.id.in_(ids), alerts.c.user_id == message.user_id, waits)
        those = _counts(message.user_id, since, message.made_at)
        made = select(func.count()).select_from(alert_messages).where(those)
        row = {"id": message.id, "user_id": message.user_id, "made_at": message.made_at, "owner": self._process.id}
        transaction.one_at_a_time(message.user_id)
        if (transaction.scalar(made) or 0) >= most:
            return False
        free = transaction.scalars(select(alerts.c.id).where(these).with_for_update())
        if set(free) != set(ids):
            return False
        self._process.renew(transaction)  # or any process could take the message
        transaction.change(insert(alert_messages).values(row))
        transaction.change(update(alerts).where(these).values(notice_id=message.id))
        return True

    @writes
    def mention(self, transaction: Transaction, message: AlertMessage, role_id: int, *, every: float) -> bool:
        """Let a message mention a role, and say whether it may.

        It may not if another message about its first camera, to anybody, has mentioned that role in the last `every`
        seconds.
        """
        head = message.head
        mentioned = select(alert_messages.c.id).where(
            alert_messages.c.role_id == role_id,
            alert_messages.c.mentioned_at.between(DatabaseTime(-every), DatabaseTime()),
            alert_messages.c.id != message.id,
            alerts.c.notice_id == alert_messages.c.id,
            alerts.c.account_id == head.account_id,
            alerts.c.camera == str(head.camera),
        )
        mentions = {"role_id": role_id, "mentioned_at": DatabaseTime()}
        transaction.one_at_a_time(head.account_id)
        if transaction.scalar(mentioned.limit(1)) is not None:
            return False
        transaction.change(update(alert_messages).where(alert_messages.c.id == message.id).values(mentions))
        return True

    @reads
    def made_since(self, transaction: Transaction, user_id: int, since: datetime, *, now: datetime) -> list[datetime]:
        """Return from when on each message of a person counts that does since a moment, oldest first."""
        made = select(alert_messages.c.made_at).where(_counts(user_id, since, now))
        return transaction.scalars(made.order_by(alert_messages.c.made_at))

    @reads
    def unfinished(self, transaction: Transaction) -> list[AlertMessage]:
        """Return this process's unfinished messages, oldest first, marked as resumed."""
        ours = select(alert_messages).where(self._process.sends())
        of_message: dict[str, list[Alert]] = {}
        rows = transaction.rows(ours.order_by(alert_messages.c.made_at, alert_messages.c.id))
        listed = select(alerts).where(alerts.c.notice_id.in_([row["id"] for row in rows])).order_by(*_oldest_first)
        for row in transaction.rows(listed):
            of_message.setdefault(row["notice_id"], []).append(_ALERT.value_of(row))
        found = [(row, tuple(of_message[row["id"]])) for row in rows if row["id"] in of_message]
        return [_MESSAGE.value_of(row, alerts=these, resumed=True) for row, these in found]

    @reads
    def still_ours(self, transaction: Transaction, message: AlertMessage | HealthMessage) -> bool:
        """Say whether a message is still this process's, which is the licence to show it."""
        this = select(alert_messages.c.id).where(alert_messages.c.id == message.id, self._process.sends())
        return transaction.scalar(this) is not None

    @writes
    def shown(self, transaction: Transaction, message: AlertMessage | HealthMessage, *, at: datetime) -> None:
        """Save where Discord has a message, and that it counts from now on, however long Discord did not take it."""
        place = {"channel_id": message.channel_id, "message_id": message.message_id, "made_at": at}
        transaction.change(update(alert_messages).where(alert_messages.c.id == message.id).values(place))

    @writes
    def finish(self, transaction: Transaction, message: AlertMessage | HealthMessage) -> None:
        """Note that a message is finished."""
        this = and_(alert_messages.c.id == message.id, _unfinished)
        transaction.change(update(alert_messages).where(this).values(told_at=DatabaseTime()))

    @reads
    def alert(self, transaction: Transaction, alert_id: str) -> Alert | None:
        """Return one alert, or None."""
        return next(iter(self._alerts(transaction, alerts.c.id == alert_id)), None)

    async def forget(self, *, before: datetime) -> None:
        """Delete what is older than a moment: finished messages, ended leases, and alerts of feeds that are gone."""
        read = select(feeds.c.owner_id).where(feeds.c.owner_id == alerts.c.owner_id).exists()
        old = and_(alerts.c.happened_at < before, ~read, ~being_sent)
        told, ended = delete(alert_messages).where(alert_messages.c.told_at < before), processes.c.until < before
        await self.database.in_chunks(told, alert_messages.c.id)
        await self.database.in_chunks(delete(alerts).where(old), alerts.c.id)
        await self.database.write(lambda transaction: transaction.change(delete(processes).where(ended)))

    def _alerts(self, transaction: Transaction, condition: ColumnElement[bool]) -> list[Alert]:
        rows = transaction.rows(select(alerts).where(condition).order_by(*_oldest_first))
        return [_ALERT.value_of(row) for row in rows]


def _finish(transaction: Transaction, finished: Sequence[Alert]) -> None:
    """Add their videos to stored alerts of the same recording, whose ids are other ones."""
    by_recording = {(alert.user_id, alert.account_id, alert.media_id): alert for alert in finished}
    recording = (alerts.c.user_id, alerts.c.account_id, alerts.c.media_id)
    theirs = alerts.c.user_id.in_({alert.user_id for alert in finished})
    unfinished = select(alerts.c.id, alerts.c.picture, *recording).where(theirs, alerts.c.path.is_(None))
    for alert_id, picture, *known in transaction.tuples(unfinished):
        if alert := by_recording.get(tuple(known)):
            video = {"path": alert.path, "picture": alert.picture or picture}
            transaction.change(update(alerts).where(alerts.c.id == alert_id).values(video))


def _finds(transaction: Transaction, *wanted: Select[Any]) -> bool:
    return any(transaction.scalar(rows.limit(1)) is not None for rows in wanted)


def _counts(user_id: int, since: datetime, now: datetime) -> ColumnElement[bool]:
    """Return the condition that a person's message counts since a moment, and not from before the clock was set back.

    One that Discord has not taken yet always counts: it may come at any moment.
    """
    coming = and_(alert_messages.c.message_id.is_(None), alert_messages.c.told_at.is_(None))
    return and_(
        alert_messages.c.user_id == user_id,
        or_(alert_messages.c.made_at >= since, coming),
        alert_messages.c.made_at <= now + _CLOCKS_DIFFER,
        alert_messages.c.health.is_(None),
    )
