"""Alerts in the database: the feeds that find them, the messages that tell them, and the lease of the process."""

import secrets
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Column, ColumnElement, Exists, Select, and_, delete, func, insert, or_, select, update

from bot.models import Alert, AlertMessage, CameraKey, Commanded, Event, Feed, HealthMessage, Kind, Stage

from .alert_tables import alert_messages, alerts, feeds, processes, subscriptions
from .columns import Field, Fields, enum_field
from .connection import Connection, DatabaseTime, has_ended, one_at_a_time
from .engine import Database
from .job_rows import in_stages
from .subscriptions import being_sent, waits, wanted
from .tables import accounts, clip_jobs

_TAKING = -2  # one_at_a_time's other numbers are user ids and migrate's
_MAY_RECORD = frozenset({Stage.ASKING, Stage.RECORDING, Stage.LOOKING})

_FEED = Fields(Feed)
_ALERT = Fields(
    Alert,
    camera=Field("camera", write=str, read=CameraKey.parse),
    event=enum_field("event", Event, null=Event.MOTION),
)
_MESSAGE = Fields(AlertMessage, without=("alerts", "resumed"))

_oldest_first = (alerts.c.happened_at, alerts.c.media_id, alerts.c.id)  # Blink knows moments in whole seconds


class Process:
    """This process and its lease, which ends `lease` seconds after it was last renewed."""

    def __init__(self, *, lease: float) -> None:
        self.id = secrets.token_hex(8)
        self._lease = lease

    async def renew(self, connection: Connection) -> None:
        """Renew the lease."""
        await connection.put(processes, {"id": self.id, "until": DatabaseTime(self._lease)}, unique=["id"])

    async def leave(self, connection: Connection) -> None:
        """End the lease, so that all this process has is free at once."""
        await connection.change(delete(processes).where(processes.c.id == self.id))

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


class FeedStore:
    """Stores feeds: each belongs to one process, and only that one saves how far it has read."""

    def __init__(self, database: Database, process: Process) -> None:
        self._database = database
        self._process = process

    async def keep(self) -> list[Feed]:
        """Renew this process's lease, take free feeds and alert messages, and return its feeds that are wanted.

        A feed is wanted if somebody who can be reached has a subscription for it, and its link is not signed out.
        """
        anything = (select(feeds.c.owner_id), select(alert_messages.c.id).where(_unfinished))
        something_free = (select(feeds.c.owner_id).where(_free_feed), select(alert_messages.c.id).where(_free_message))
        async with self._database.read() as connection:
            if not await _finds(connection, *anything):
                return []
        async with self._database.write() as connection:
            await self._process.renew(connection)
        async with self._database.read() as connection:
            if not await _finds(connection, *something_free):
                return await self._ours(connection)
        async with self._database.write() as connection:
            # The next process to take something sees the leases of all that have taken something before.
            await one_at_a_time(connection, _TAKING)
            await self._take(connection, feeds.c.owner_id, feeds.c.owner, _free_feed)
            await self._take(connection, alert_messages.c.id, alert_messages.c.owner, _free_message)
            return await self._ours(connection)

    async def release(self) -> None:
        """End this process's lease, so that another takes its feeds and alert messages at once."""
        async with self._database.write() as connection:
            await self._process.leave(connection)

    async def commanded(self, account_id: int, media_ids: Collection[int]) -> Commanded:
        """Return the recordings of an account that people have asked for."""
        here = and_(clip_jobs.c.account_id == account_id, clip_jobs.c.kind == Kind.CLIP.value)
        began = func.coalesce(clip_jobs.c.blink_started_at, clip_jobs.c.asked_at, clip_jobs.c.created_at)
        known = select(clip_jobs.c.media_id, clip_jobs.c.user_id).where(here, clip_jobs.c.media_id.in_(media_ids))
        live = select(clip_jobs.c.network_id, clip_jobs.c.camera_id, began).where(
            here, in_stages(_MAY_RECORD), clip_jobs.c.told_at.is_(None)
        )
        claimed: dict[int, set[int]] = {}
        async with self._database.read() as connection:
            # Those under way first: a job that claims its recording meanwhile is in both, never in neither.
            under_way = [(network, camera, since) for network, camera, since in await connection.tuples(live)]
            for media_id, user_id in await connection.tuples(known):
                claimed.setdefault(media_id, set()).add(user_id)
        return Commanded({media_id: frozenset(users) for media_id, users in claimed.items()}, under_way)

    async def advance(
        self, feed: Feed, *, news: Sequence[Alert], finished: Sequence[Alert], forget_before: datetime
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
        async with self._database.write() as connection:
            await one_at_a_time(connection, feed.owner_id)
            if await connection.scalar(select(feeds.c.owner_id).where(ours).with_for_update()) is None:
                return False
            stands = {"cursor": feed.cursor, "account_id": feed.account_id}
            await connection.change(update(feeds).where(feeds.c.owner_id == feed.owner_id).values(stands))
            await connection.change(delete(alerts).where(old, ~waits, ~being_sent))
            wanting = set(await connection.tuples(subscribing)) if news else ()
            rows = [_ALERT.columns_of(alert) for alert in news if (alert.user_id, alert.guild_id) in wanting]
            await connection.insert_all_new(alerts, rows, unique=["user_id", "account_id", "media_id"])
            if finished:
                await _finish(connection, finished)
        return True

    async def _take(
        self, connection: Connection, key: Column[Any], owner: Column[str], these: ColumnElement[bool]
    ) -> None:
        # Rows that a frozen machine has locked in the middle of a write must not hide the others.
        unlocked = select(key).where(these).with_for_update(skip_locked=True)
        await connection.change(update(key.table).where(key.in_(unlocked)).values({owner: self._process.id}))

    async def _ours(self, connection: Connection) -> list[Feed]:
        link = select(accounts.c.link_id).where(accounts.c.user_id == feeds.c.owner_id).scalar_subquery()
        these = and_(self._process.has(feeds.c.owner), wanted)
        found = select(feeds, link.label("link_id")).where(these).order_by(feeds.c.owner_id)
        return [_FEED.value_of(row) for row in await connection.rows(found)]


class AlertMessageStore:
    """Stores alerts and alert messages: one message tells an alert, and one process sends a message."""

    def __init__(self, database: Database, process: Process) -> None:
        self._database = database
        self._process = process

    async def waiting(self) -> frozenset[int]:
        """Return the people who have waiting alerts that are in no message yet."""
        return frozenset(await self._database.scalars(select(alerts.c.user_id).where(waits).distinct()))

    async def waiting_of(self, user_id: int) -> list[Alert]:
        """Return the alerts that wait for a person, oldest first."""
        return await self._alerts(and_(alerts.c.user_id == user_id, waits))

    async def pass_on(self, servers: Mapping[str, int]) -> None:
        """Let waiting alerts be told by the shares in another server, by the alerts' ids."""
        for alert_id, guild_id in servers.items():
            this = and_(alerts.c.id == alert_id, waits)
            await self._database.change(update(alerts).where(this).values(guild_id=guild_id))

    async def drop(self, unwanted: Collection[Alert]) -> None:
        """Note that these waiting alerts shall never be sent."""
        these = and_(alerts.c.id.in_([alert.id for alert in unwanted]), waits)
        await self._database.change(update(alerts).where(these).values(dropped_at=DatabaseTime()))

    async def make(self, message: AlertMessage, *, since: datetime, most: int) -> bool:
        """Make a message of waiting alerts; return False after `most` messages since then, or if an alert is taken."""
        ids = [alert.id for alert in message.alerts]
        these = and_(alerts.c.id.in_(ids), alerts.c.user_id == message.user_id, waits)
        made = select(func.count()).select_from(alert_messages).where(_made(message.user_id, since))
        row = {"id": message.id, "user_id": message.user_id, "made_at": message.made_at, "owner": self._process.id}
        async with self._database.write() as connection:
            await one_at_a_time(connection, message.user_id)
            if (await connection.scalar(made) or 0) >= most:
                return False
            free = await connection.scalars(select(alerts.c.id).where(these).with_for_update())
            if set(free) != set(ids):
                return False
            await self._process.renew(connection)  # or any process could take the message
            await connection.change(insert(alert_messages).values(row))
            await connection.change(update(alerts).where(these).values(notice_id=message.id))
        return True

    async def mention(self, message: AlertMessage, role_id: int, *, every: float) -> bool:
        """Let a message mention a role, and say whether it may.

        It may not if another message about its first camera, to anybody, has mentioned that role in the last `every`
        seconds.
        """
        head = message.head
        mentioned = select(alert_messages.c.id).where(
            alert_messages.c.role_id == role_id,
            alert_messages.c.mentioned_at > DatabaseTime(-every),
            alert_messages.c.id != message.id,
            alerts.c.notice_id == alert_messages.c.id,
            alerts.c.account_id == head.account_id,
            alerts.c.camera == str(head.camera),
        )
        mentions = {"role_id": role_id, "mentioned_at": DatabaseTime()}
        async with self._database.write() as connection:
            await one_at_a_time(connection, head.account_id)
            if await connection.scalar(mentioned.limit(1)) is not None:
                return False
            await connection.change(update(alert_messages).where(alert_messages.c.id == message.id).values(mentions))
        return True

    async def made_since(self, user_id: int, since: datetime) -> list[datetime]:
        """Return the moments at which a person's messages since a moment were made, oldest first."""
        made = select(alert_messages.c.made_at).where(_made(user_id, since)).order_by(alert_messages.c.made_at)
        return await self._database.scalars(made)

    async def unfinished(self) -> list[AlertMessage]:
        """Return this process's unfinished messages, oldest first, marked as resumed."""
        ours = select(alert_messages).where(self._process.sends())
        of_message: dict[str, list[Alert]] = {}
        async with self._database.read() as connection:
            rows = await connection.rows(ours.order_by(alert_messages.c.made_at, alert_messages.c.id))
            listed = select(alerts).where(alerts.c.notice_id.in_([row["id"] for row in rows])).order_by(*_oldest_first)
            for row in await connection.rows(listed):
                of_message.setdefault(row["notice_id"], []).append(_ALERT.value_of(row))
        found = [(row, tuple(of_message[row["id"]])) for row in rows if row["id"] in of_message]
        return [_MESSAGE.value_of(row, alerts=these, resumed=True) for row, these in found]

    async def still_ours(self, message: AlertMessage | HealthMessage) -> bool:
        """Say whether a message is still this process's, which is the licence to show it."""
        this = select(alert_messages.c.id).where(alert_messages.c.id == message.id, self._process.sends())
        return await self._database.scalar(this) is not None

    async def shown(self, message: AlertMessage | HealthMessage) -> None:
        """Save where Discord has a message."""
        place = {"channel_id": message.channel_id, "message_id": message.message_id}
        await self._database.change(update(alert_messages).where(alert_messages.c.id == message.id).values(place))

    async def finish(self, message: AlertMessage | HealthMessage) -> None:
        """Note that a message is finished."""
        this = and_(alert_messages.c.id == message.id, _unfinished)
        await self._database.change(update(alert_messages).where(this).values(told_at=DatabaseTime()))

    async def alert(self, alert_id: str) -> Alert | None:
        """Return one alert, or None."""
        return next(iter(await self._alerts(alerts.c.id == alert_id)), None)

    async def forget(self, *, before: datetime) -> None:
        """Delete what is older than a moment: finished messages, ended leases, and alerts of feeds that are gone."""
        read = select(feeds.c.owner_id).where(feeds.c.owner_id == alerts.c.owner_id).exists()
        old = and_(alerts.c.happened_at < before, ~read, ~being_sent)
        await self._database.in_chunks(
            delete(alert_messages).where(alert_messages.c.told_at < before), alert_messages.c.id
        )
        await self._database.in_chunks(delete(alerts).where(old), alerts.c.id)
        await self._database.change(delete(processes).where(processes.c.until < before))

    async def _alerts(self, condition: ColumnElement[bool]) -> list[Alert]:
        rows = await self._database.rows(select(alerts).where(condition).order_by(*_oldest_first))
        return [_ALERT.value_of(row) for row in rows]


async def _finish(connection: Connection, finished: Sequence[Alert]) -> None:
    """Add their videos to stored alerts of the same recording, whose ids are other ones."""
    by_recording = {(alert.user_id, alert.account_id, alert.media_id): alert for alert in finished}
    recording = (alerts.c.user_id, alerts.c.account_id, alerts.c.media_id)
    theirs = alerts.c.user_id.in_({alert.user_id for alert in finished})
    unfinished = select(alerts.c.id, alerts.c.picture, *recording).where(theirs, alerts.c.path.is_(None))
    for alert_id, picture, *known in await connection.tuples(unfinished):
        if alert := by_recording.get(tuple(known)):
            video = {"path": alert.path, "picture": alert.picture or picture}
            await connection.change(update(alerts).where(alerts.c.id == alert_id).values(video))


async def _finds(connection: Connection, *wanted: Select[Any]) -> bool:
    for rows in wanted:
        if await connection.scalar(rows.limit(1)) is not None:
            return True
    return False


def _made(user_id: int, since: datetime) -> ColumnElement[bool]:
    return and_(
        alert_messages.c.user_id == user_id, alert_messages.c.made_at >= since, alert_messages.c.health.is_(None)
    )
