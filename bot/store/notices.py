"""Alerts that wait, and the notices that tell them, in the database."""

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import ColumnElement, Update, and_, delete, func, insert, select, update

from bot.models import Alert, HealthNotice, Notice

from .alert_tables import ALERT, alerts, feeds, notices
from .columns import Fields
from .connection import DatabaseTime, one_at_a_time
from .engine import Database
from .feeds import Process, processes
from .subscriptions import being_told, waits

_NOTICE = Fields(Notice, "id", "user_id", "made_at", "channel_id", "message_id", "role_id")

_oldest_first = (alerts.c.happened_at, alerts.c.media_id, alerts.c.id)  # Blink knows moments in whole seconds


class NoticeStore:
    """Stores alerts and notices: one notice tells an alert, and one process shows a notice."""

    def __init__(self, database: Database, process: Process) -> None:
        self._database = database
        self._process = process

    async def waiting(self) -> frozenset[int]:
        """Return the people who have waiting alerts that are in no notice yet."""
        return frozenset(await self._database.scalars(select(alerts.c.user_id).where(waits).distinct()))

    async def waiting_of(self, user_id: int) -> list[Alert]:
        """Return the alerts that wait for a person, oldest first."""
        return await self._alerts(and_(alerts.c.user_id == user_id, waits))

    async def pass_on(self, servers: Mapping[str, int]) -> None:
        """Let waiting alerts be told by the shares in another server, by the alerts' ids."""
        for alert_id, guild_id in servers.items():
            this = and_(alerts.c.id == alert_id, waits)
            await self._database.change(update(alerts).where(this).values(guild_id=guild_id))

    async def drop(self, alerts: Collection[Alert]) -> None:
        """Note that these waiting alerts shall never be told."""
        await self._database.change(_dropping([alert.id for alert in alerts]))

    async def notify(self, notice: Notice, *, since: datetime, most: int) -> bool:
        """Make a notice of waiting alerts; return False after `most` notices since then, or if an alert is taken."""
        ids = [alert.id for alert in notice.alerts]
        these = and_(alerts.c.id.in_(ids), alerts.c.user_id == notice.user_id, waits)
        made = select(func.count()).select_from(notices).where(_made(notice.user_id, since))
        row = {"id": notice.id, "user_id": notice.user_id, "made_at": notice.made_at, "owner": self._process.id}
        async with self._database.write() as connection:
            await one_at_a_time(connection, notice.user_id)
            if (await connection.scalar(made) or 0) >= most:
                return False
            free = await connection.scalars(select(alerts.c.id).where(these).with_for_update())
            if set(free) != set(ids):
                return False
            await self._process.renew(connection)  # or the notice would be free
            await connection.change(insert(notices).values(row))
            await connection.change(update(alerts).where(these).values(notice_id=notice.id))
        return True

    async def mention(self, notice: Notice, role_id: int, *, every: float) -> bool:
        """Let a notice mention a role, and say whether it may.

        It may not if another message about its first camera, to anybody, has mentioned that role in the last `every`
        seconds.
        """
        head = notice.head
        mentioned = select(notices.c.id).where(
            notices.c.role_id == role_id,
            notices.c.mentioned_at > DatabaseTime(-every),
            notices.c.id != notice.id,
            alerts.c.notice_id == notices.c.id,
            alerts.c.account_id == head.account_id,
            alerts.c.camera == str(head.camera),
        )
        mentions = {"role_id": role_id, "mentioned_at": DatabaseTime()}
        async with self._database.write() as connection:
            await one_at_a_time(connection, head.account_id)
            if await connection.scalar(mentioned.limit(1)) is not None:
                return False
            await connection.change(update(notices).where(notices.c.id == notice.id).values(mentions))
        return True

    async def made_since(self, user_id: int, since: datetime) -> list[datetime]:
        """Return the moments at which a person's notices since a moment were made, oldest first."""
        made = select(notices.c.made_at).where(_made(user_id, since)).order_by(notices.c.made_at)
        return await self._database.scalars(made)

    async def unfinished(self) -> list[Notice]:
        """Return this process's unfinished notices, oldest first, marked as resumed."""
        theirs = select(notices).where(self._unfinished()).order_by(notices.c.made_at, notices.c.id)
        told_by: dict[str, list[Alert]] = {}
        async with self._database.read() as connection:
            rows = await connection.rows(theirs)
            listed = select(alerts).where(alerts.c.notice_id.in_([row["id"] for row in rows])).order_by(*_oldest_first)
            for row in await connection.rows(listed):
                told_by.setdefault(row["notice_id"], []).append(ALERT.value_of(row))
        told = [(row, tuple(told_by[row["id"]])) for row in rows if row["id"] in told_by]
        return [_NOTICE.value_of(row, alerts=these, resumed=True) for row, these in told]

    async def still_ours(self, notice: Notice | HealthNotice) -> bool:
        """Say whether a notice is still this process's, which is the licence to show it."""
        this = select(notices.c.id).where(notices.c.id == notice.id, self._unfinished())
        return await self._database.scalar(this) is not None

    async def shown(self, notice: Notice | HealthNotice) -> None:
        """Save the message that shows a notice."""
        message = {"channel_id": notice.channel_id, "message_id": notice.message_id}
        await self._database.change(update(notices).where(notices.c.id == notice.id).values(message))

    async def told(self, notice: Notice | HealthNotice) -> None:
        """Note that a notice is finished."""
        untold = and_(notices.c.id == notice.id, notices.c.told_at.is_(None))
        await self._database.change(update(notices).where(untold).values(told_at=DatabaseTime()))

    async def alert(self, alert_id: str) -> Alert | None:
        """Return one alert, or None."""
        return next(iter(await self._alerts(alerts.c.id == alert_id)), None)

    async def forget(self, *, before: datetime) -> None:
        """Delete what is older than a moment: finished notices, ended leases, and alerts of feeds that are gone."""
        read = select(feeds.c.owner_id).where(feeds.c.owner_id == alerts.c.owner_id).exists()
        old = and_(alerts.c.happened_at < before, ~read, ~being_told)
        await self._database.in_chunks(delete(notices).where(notices.c.told_at < before), notices.c.id)
        await self._database.in_chunks(delete(alerts).where(old), alerts.c.id)
        await self._database.change(delete(processes).where(processes.c.until < before))

    async def _alerts(self, condition: ColumnElement[bool]) -> list[Alert]:
        rows = await self._database.rows(select(alerts).where(condition).order_by(*_oldest_first))
        return [ALERT.value_of(row) for row in rows]

    def _unfinished(self) -> ColumnElement[bool]:
        return and_(notices.c.told_at.is_(None), self._process.has(notices.c.owner))


def _dropping(ids: Collection[str]) -> Update:
    return update(alerts).where(alerts.c.id.in_(ids), waits).values(dropped_at=DatabaseTime())


def _made(user_id: int, since: datetime) -> ColumnElement[bool]:
    return and_(notices.c.user_id == user_id, notices.c.made_at >= since, notices.c.health.is_(None))
