"""The health of cameras in the database: what a look saw, and what each person has been told of it."""

import json
import secrets
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, and_, delete, false, func, insert, or_, select, update

from bot.models import CameraHealth, CameraKey, CameraNews, HealthChange, HealthMessage, ToldHealth, told_of

from .alert_tables import alert_messages, camera_health, health_looks, health_told, watchers
from .alerts import Process
from .columns import Field, StoredFields
from .engine import Database
from .store_part import StorePart, reads, writes
from .tables import accounts
from .transaction import LONGEST_LEASE, DatabaseTime, Transaction

_BEGUN = ""  # in place of a camera: this person has heard of the first look


def _spell(news: Collection[CameraNews]) -> str:
    return json.dumps([{"label": one.label, "change": one.change.value, "hours": one.hours} for one in news])


def _read(text: str) -> tuple[CameraNews, ...]:
    return tuple(CameraNews(one["label"], HealthChange(one["change"]), one["hours"]) for one in json.loads(text))


_SEEN = StoredFields(CameraHealth, camera=Field("camera", write=str, read=CameraKey.parse))
_TOLD = StoredFields(ToldHealth)
_MESSAGE = StoredFields(HealthMessage, without=("resumed",), news=Field("health", write=_spell, read=_read))

_people = watchers.join(accounts, accounts.c.user_id == watchers.c.user_id)
_wanting = and_(
    watchers.c.health, watchers.c.unreachable_at.is_(None), accounts.c.signed_out_at.is_(None)
)  # people who want to know and can be told


class HealthStore(StorePart):
    """Stores the health of cameras; one process looks at an account, and one tells a person."""

    def __init__(self, database: Database, process: Process) -> None:
        super().__init__(database)
        self._process = process

    @reads
    def due(self, transaction: Transaction, *, every: float) -> dict[int, list[int]]:
        """Return the accounts at which nobody has looked for `every` seconds, each with the people who link it."""
        seen = _people.outerjoin(health_looks, health_looks.c.account_id == accounts.c.account_id)
        old = or_(health_looks.c.looked_at.is_(None), _old(every))
        found = select(accounts.c.account_id, accounts.c.user_id).select_from(seen)
        found = found.where(_wanting, accounts.c.account_id.is_not(None), old).order_by(accounts.c.user_id)
        people: dict[int, list[int]] = {}
        for row in transaction.rows(found):
            people.setdefault(row["account_id"], []).append(row["user_id"])
        return people

    @writes
    def claim(self, transaction: Transaction, account_id: int, *, every: float) -> bool:
        """Take the right to look at an account; return False if somebody has looked in the last `every` seconds."""
        now = DatabaseTime()
        old = update(health_looks).where(health_looks.c.account_id == account_id, _old(every)).values(looked_at=now)
        look = {"account_id": account_id, "looked_at": now}
        if transaction.insert_new(health_looks, look, unique=["account_id"]):
            return True
        return transaction.change(old) == 1

    @writes
    def saw(self, transaction: Transaction, account_id: int, cameras: Collection[CameraHealth]) -> None:
        """Save what a look at an account saw, unless nobody links it any more."""
        here = camera_health.c.account_id == account_id
        linked = select(accounts.c.user_id).where(accounts.c.account_id == account_id).limit(1)
        transaction.one_at_a_time(account_id)
        if transaction.scalar(linked) is None:
            return
        before = {one.camera: one for one in _seen(transaction, account_id)}
        transaction.change(delete(camera_health).where(here))
        rows = [_SEEN.columns_of(one.after(before.get(one.camera))) for one in cameras]
        if rows:
            transaction.change(insert(camera_health), [{**row, "account_id": account_id} for row in rows])

    @reads
    def of_person(self, transaction: Transaction, user_id: int) -> list[CameraHealth]:
        """Return what the last look saw of a person's cameras, if they want to know of that."""
        known = _people.join(camera_health, camera_health.c.account_id == accounts.c.account_id)
        theirs = select(camera_health).select_from(known).where(accounts.c.user_id == user_id, watchers.c.health)
        return [_SEEN.value_of(row) for row in transaction.rows(theirs.order_by(camera_health.c.camera))]

    @reads
    def with_news(self, transaction: Transaction) -> list[int]:
        """Return the people who may have something to hear."""
        told = and_(
            health_told.c.user_id == accounts.c.user_id,
            health_told.c.account_id == accounts.c.account_id,
            health_told.c.camera == camera_health.c.camera,
        )
        first = health_told.alias()
        begun = select(first.c.user_id).where(
            first.c.user_id == accounts.c.user_id,
            first.c.account_id == accounts.c.account_id,
            first.c.camera == _BEGUN,
        )
        offline, low = func.coalesce(health_told.c.offline, false()), func.coalesce(health_told.c.low_battery, false())
        since = camera_health.c.offline_since
        differs = or_(
            ~begun.exists(),
            and_(since.is_(None), offline),
            and_(since < camera_health.c.seen_at, ~offline),
            camera_health.c.low_battery != low,
        )
        known = _people.join(camera_health, camera_health.c.account_id == accounts.c.account_id)
        found = select(accounts.c.user_id).select_from(known.outerjoin(health_told, told)).where(_wanting, differs)
        return transaction.scalars(found.distinct().order_by(accounts.c.user_id))

    @writes
    def make_message(self, transaction: Transaction, user_id: int, *, now: datetime) -> HealthMessage | None:
        """Make the message with all that is new to a person, and note that they know it.

        Returns None if nothing is new, or if the last look is too old to say.
        """
        linked = select(accounts.c.account_id).select_from(_people).where(accounts.c.user_id == user_id, _wanting)
        transaction.one_at_a_time(user_id)
        account_id = transaction.scalar(linked)
        if account_id is None:
            return None
        cameras = [one for one in _seen(transaction, account_id) if one.is_recent(now)]
        if not cameras:
            return None
        told = _told(transaction, user_id, account_id)
        first = _BEGUN not in told
        after, news = {_BEGUN: ToldHealth()} if first else dict[str, ToldHealth](), list[CameraNews]()
        for seen in cameras:
            before = told.get(str(seen.camera), ToldHealth())
            known, changes = told_of(seen, before, first=first)
            news += changes
            if known != before:
                after[str(seen.camera)] = known
        for camera, known in after.items():
            row = {"user_id": user_id, "account_id": account_id, "camera": camera} | _TOLD.columns_of(known)
            transaction.put(health_told, row, unique=["user_id", "account_id", "camera"])
        if not news:
            return None
        message = HealthMessage(secrets.token_hex(8), user_id, now, tuple(news))
        self._process.renew(transaction)  # or any process could take the message
        row = {**_MESSAGE.columns_of(message), "owner": self._process.id}
        transaction.change(insert(alert_messages).values(row))
        return message

    @reads
    def unfinished(self, transaction: Transaction) -> list[HealthMessage]:
        """Return this process's unfinished messages, oldest first, marked as resumed."""
        ours = select(alert_messages).where(alert_messages.c.health.is_not(None), self._process.sends())
        in_order = ours.order_by(alert_messages.c.made_at, alert_messages.c.id)
        return [_MESSAGE.value_of(row, resumed=True) for row in transaction.rows(in_order)]


def _old(every: float) -> ColumnElement[bool]:
    """Return the condition that a look is `every` seconds old, or was noted before the clock was set back."""
    looked_at = health_looks.c.looked_at
    return or_(looked_at <= DatabaseTime(-every), looked_at > DatabaseTime(LONGEST_LEASE))


def _seen(transaction: Transaction, account_id: int) -> list[CameraHealth]:
    found = select(camera_health).where(camera_health.c.account_id == account_id)
    found = found.order_by(camera_health.c.label, camera_health.c.camera)
    return [_SEEN.value_of(row) for row in transaction.rows(found)]


def _told(transaction: Transaction, user_id: int, account_id: int) -> dict[str, ToldHealth]:
    theirs = and_(health_told.c.user_id == user_id, health_told.c.account_id == account_id)
    rows = transaction.rows(select(health_told).where(theirs))
    return {row["camera"]: _TOLD.value_of(row) for row in rows}
