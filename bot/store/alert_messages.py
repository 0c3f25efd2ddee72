"""Alerts that wait, and the messages that tell them, in the database."""

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import ColumnElement, Update, and_, delete, func, insert, select, update

from bot.models import Alert, AlertMessage, HealthMessage

from .alert_tables import ALERT, alert_messages, alerts, feeds
from .columns import Fields
from .connection import DatabaseTime, one_at_a_time
from .engine import Database
from .feeds import Process, processes
from .subscriptions import being_sent, waits

_MESSAGE = Fields(AlertMessage, "id", "user_id", "made_at", "channel_id", "message_id", "role_id")

_oldest_first = (alerts.c.happened_at, alerts.c.media_id, alerts.c.id)  # Blink knows moments in whole seconds


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

    async def drop(self, alerts: Collection[Alert]) -> None:
        """Note that these waiting alerts shall never be sent."""
        await self._database.change(_dropping([alert.id for alert in alerts]))

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
        theirs = (
            select(alert_messages).where(self._unfinished()).order_by(alert_messages.c.made_at, alert_messages.c.id)
        )
        of_message: dict[str, list[Alert]] = {}
        async with self._database.read() as connection:
            rows = await connection.rows(theirs)
            listed = select(alerts).where(alerts.c.notice_id.in_([row["id"] for row in rows])).order_by(*_oldest_first)
            for row in await connection.rows(listed):
                of_message.setdefault(row["notice_id"], []).append(ALERT.value_of(row))
        found = [(row, tuple(of_message[row["id"]])) for row in rows if row["id"] in of_message]
        return [_MESSAGE.value_of(row, alerts=these, resumed=True) for row, these in found]

    async def still_ours(self, message: AlertMessage | HealthMessage) -> bool:
        """Say whether a message is still this process's, which is the licence to show it."""
        this = select(alert_messages.c.id).where(alert_messages.c.id == message.id, self._unfinished())
        return await self._database.scalar(this) is not None

    async def shown(self, message: AlertMessage | HealthMessage) -> None:
        """Save where Discord has a message."""
        place = {"channel_id": message.channel_id, "message_id": message.message_id}
        await self._database.change(update(alert_messages).where(alert_messages.c.id == message.id).values(place))

    async def finish(self, message: AlertMessage | HealthMessage) -> None:
        """Note that a message is finished."""
        unfinished = and_(alert_messages.c.id == message.id, alert_messages.c.told_at.is_(None))
        await self._database.change(update(alert_messages).where(unfinished).values(told_at=DatabaseTime()))

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
        return [ALERT.value_of(row) for row in rows]

    def _unfinished(self) -> ColumnElement[bool]:
        return and_(alert_messages.c.told_at.is_(None), self._process.has(alert_messages.c.owner))


def _dropping(ids: Collection[str]) -> Update:
    return update(alerts).where(alerts.c.id.in_(ids), waits).values(dropped_at=DatabaseTime())


def _made(user_id: int, since: datetime) -> ColumnElement[bool]:
    return and_(
        alert_messages.c.user_id == user_id, alert_messages.c.made_at >= since, alert_messages.c.health.is_(None)
    )
