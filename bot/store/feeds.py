"""Feeds in the database: the process that reads each, by its lease, and how far it has read."""

import secrets
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Column, ColumnElement, Exists, Select, String, Table, and_, delete, func, or_, select, update

from bot.models import Alert, Commanded, Feed, Kind, Stage

from .alert_tables import ALERT, alert_messages, alerts, feeds, subscriptions
from .columns import Fields, UtcDateTime
from .connection import LONGEST_LEASE, Connection, DatabaseTime, one_at_a_time
from .engine import Database
from .job_rows import in_stages
from .subscriptions import being_sent, waits, wanted
from .tables import accounts, clip_jobs, metadata

_TAKING = -2  # one_at_a_time's other numbers are user ids and migrate's
_MAY_RECORD = frozenset({Stage.ASKING, Stage.RECORDING, Stage.LOOKING})

_RECORDING = ["user_id", "account_id", "media_id"]

_FEED = Fields(Feed, "owner_id", "cursor", "account_id", "link_id")

processes = Table(  # those that read feeds and send alert messages, each with the end of its lease
    "processes",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("until", UtcDateTime, nullable=False),
)


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


def _free(owner: Column[str]) -> ColumnElement[bool]:
    """Return the condition that `owner` names no process whose lease lasts."""
    return or_(owner.is_(None), ~_lives(owner))


def _lives(owner: Column[str]) -> Exists:
    return (
        select(processes.c.id)
        .where(
            processes.c.id == owner,
            processes.c.until > DatabaseTime(),
            processes.c.until <= DatabaseTime(LONGEST_LEASE),
        )
        .exists()
    )


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
            rows = [ALERT.columns_of(alert) for alert in news if (alert.user_id, alert.guild_id) in wanting]
            await connection.insert_all_new(alerts, rows, unique=_RECORDING)
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
