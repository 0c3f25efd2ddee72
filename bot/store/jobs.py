"""Jobs in the database: what two processes could break is guarded by unique indexes (tables.py) and by the lease."""

import secrets
from collections import Counter
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    RowMapping,
    and_,
    bindparam,
    delete,
    exists,
    func,
    or_,
    select,
    text,
    update,
)

from bot.models import Admission, Job, Order, Stage, Superseded

from .connection import Connection, DatabaseTime, Statements, has_ended, one_at_a_time
from .engine import Database
from .errors import Conflict
from .job_rows import (
    AROUND,
    STILL_RECEIVED,
    changes_of,
    in_stages,
    is_alike,
    is_undelivered,
    jobs_of,
    older,
    order_of,
    plain,
    row_of,
    same_network,
    stage_of,
    values_of,
)
from .secrets import Keyring
from .shares import note_use_by
from .tables import REFUSED, accounts, clip_jobs

_MOST_REFUSED = 20  # of each person; the buttons of their replies need the jobs
_oldest_first = (clip_jobs.c.created_at, clip_jobs.c.id)


class JobStore:
    """Stores jobs; a job belongs to its process for `lease` seconds after each write."""

    def __init__(self, database: Database, keyring: Keyring, *, lease: float) -> None:
        self._database = database
        self._keyring = keyring
        self._owner = secrets.token_hex(8)
        self._is_ours = clip_jobs.c.owner == self._owner
        self._mine: dict[str, Any] = {"owner": self._owner, "owned_until": DatabaseTime(lease)}
        # Built once, since each save of a clip needs them; `_as_it_is` gives them their values.
        this = and_(clip_jobs.c.id == bindparam("this"), clip_jobs.c.stage == bindparam("in_stage"))
        self._is_mine = and_(this, self._is_ours)
        self._replacing = update(clip_jobs).where(self._is_mine).values(self._mine)

    async def insert(self, job: Job) -> bool:
        """Save a new job, which is this process's; return False if its interaction is known already."""
        row = row_of(job, self._keyring) | self._mine
        return await self._database.insert_new(clip_jobs, row, unique=["interaction_id"])

    async def take_over(self, interaction_id: int) -> Job | None:
        """Take a job that still stands as it was first written, whichever process has it; None if there is none."""
        this = and_(clip_jobs.c.interaction_id == interaction_id, in_stages({Stage.RECEIVED}))
        async with self._database.write() as connection:
            await connection.change(update(clip_jobs).where(this).values(**self._mine))
            found = await self._jobs(connection, and_(this, self._is_ours))
        return found[0] if found else None

    async def save(self, old: Job, new: Job) -> None:
        """Replace `old` by `new`; raises Superseded if it is not this process's, or not in `old`'s stage.

        An end that has been told is kept only while the Blink account that it tells of is linked.
        """
        values = _as_it_is(old) | changes_of(new, self._keyring)
        if new.delivery.told_at is None:
            _expect_one(await self._database.change(self._replacing, values))
            return
        linked = exists().where(accounts.c.user_id == new.owner_id)
        ended = await self._database.changed(self._replacing.returning(linked.label("linked")), values)
        _expect_one(len(ended))
        if new.needs_link and not ended[0]["linked"]:
            await self.remove(new)

    async def still(self, job: Job, *, where: Statements | None = None) -> None:
        """Check that a job is this process's, by a lease that has not ended, and in this stage; raises Superseded."""
        ours = select(clip_jobs.c.id).where(self._is_mine, clip_jobs.c.owned_until > DatabaseTime())
        if not await (where or self._database).rows(ours, _as_it_is(job)):
            raise Superseded

    async def claim(self, *, running: Collection[str] = ()) -> list[Job]:
        """Take every unfinished job without a lease, and return all of this process's that are not `running`."""
        free = or_(clip_jobs.c.owner.is_(None), self._is_ours, has_ended(clip_jobs.c.owned_until))
        # A row in a stage of a later version, which runs beside this one during an update, is left to that.
        unfinished = and_(clip_jobs.c.told_at.is_(None), in_stages(Stage), clip_jobs.c.id.not_in(running), free)
        if await self._database.scalar(select(clip_jobs.c.id).where(unfinished).limit(1)) is None:
            return []
        async with self._database.write() as connection:
            # Rows that a frozen machine has locked in the middle of a write must not hide the others.
            found = await self._jobs(connection, unfinished, unlocked=True)
            if found:
                these = clip_jobs.c.id.in_([job.id for job in found])
                await connection.change(update(clip_jobs).where(these).values(**self._mine))
            return found

    async def renew(self) -> frozenset[str]:
        """Renew the lease of this process's unfinished jobs, and return their ids."""
        unfinished = and_(clip_jobs.c.told_at.is_(None), self._is_ours)
        renewing = update(clip_jobs).where(unfinished).values(self._mine).returning(clip_jobs.c.id)
        return frozenset(row["id"] for row in await self._database.changed(renewing))

    async def lost(self, job_ids: Collection[str]) -> frozenset[str]:
        """Return those of these jobs that another process has taken over, or finished."""
        others = and_(clip_jobs.c.id.in_(job_ids), clip_jobs.c.owner != self._owner)
        return frozenset(await self._database.scalars(select(clip_jobs.c.id).where(others)))

    async def release(self) -> None:
        """End the lease of this process's unfinished jobs, so that another takes them at once."""
        unfinished = and_(clip_jobs.c.told_at.is_(None), self._is_ours)
        await self._database.change(update(clip_jobs).where(unfinished).values(owner=None, owned_until=None))

    async def queue(
        self, old: Job, new: Job, *, most: int, begun: Job | None = None, live_gap: timedelta = timedelta()
    ) -> Admission:
        """Move a received job into the queue, unless its person has a live one for that camera or `most` of them.

        Moves it to `begun` instead if it is its turn already, which is decided as in `take_turn`, and if no older job
        of its person can still come before it. A round is for all cameras of a system, and compared with rounds only.
        For somebody else's camera all live jobs of that Blink account count too.
        """
        try:
            async with self._database.write() as connection:
                # Else two commands of one person would not see each other.
                await one_at_a_time(connection, new.request.user_id, new.owner_id)
                others = await connection.rows(AROUND, values_of(new))
                theirs = [row for row in others if row["user_id"] == new.request.user_id]
                if same := next((row["id"] for row in theirs if is_alike(row, new)), None):
                    running = await self._jobs(connection, clip_jobs.c.id == same)
                    return Admission(queued=False, running=next(iter(running), None))
                of_owner = [row for row in others if row["owner_id"] == new.owner_id] if new.owner else []
                if max(len(theirs), len(of_owner)) >= most:
                    return Admission(queued=False)
                written = new
                if begun and await self._may_begin(connection, begun, others, live_gap):
                    written = new if await connection.rows(STILL_RECEIVED, values_of(new)) else begun
                await self._replace(connection, old, written)
                first_use = await note_use_by(connection, new)
                return Admission(queued=True, begun=written is begun, first_use=first_use)
        except Conflict:  # another process was faster to occupy the network, or the account's live view
            if begun is None:
                raise
            return await self.queue(old, new, most=most)

    async def take_turn(self, old: Job, new: Job, *, live_gap: timedelta = timedelta()) -> bool:
        """Move a queued job to asking, or to its live view; return False while it is not its turn.

        The `Order` of all jobs decides. A live view begins `live_gap` after the account's last one.
        """
        try:
            async with self._database.write() as connection:
                # Else two jobs of one person would not see each other.
                await one_at_a_time(connection, old.request.user_id, old.owner_id)
                others = await connection.rows(AROUND, values_of(old))
                if await self._may_begin(connection, new, others, live_gap):
                    await self._replace(connection, old, new)
                    return True
                await self.still(old, where=connection)
        except Conflict:  # another process was faster to occupy the network
            return False
        return False

    async def _may_begin(self, connection: Connection, job: Job, others: Iterable[RowMapping], gap: timedelta) -> bool:
        """Return whether it is a job's turn: a live view's not if one of its account ended less than `gap` before."""
        if not order_of(job, others).may_begin(job.id):
            return False
        if job.stage is not Stage.LIVE:
            return True
        assert job.target is not None
        assert job.progress.asked_at is not None
        lately = and_(
            clip_jobs.c.account_id == job.target.account_id,
            clip_jobs.c.live_seconds.is_not(None),
            clip_jobs.c.live_starts > 0,
            clip_jobs.c.recorded_at > job.progress.asked_at - gap,
            clip_jobs.c.recorded_at <= job.progress.asked_at + gap,  # else it ended before the clock was set back
        )
        return await connection.scalar(select(clip_jobs.c.id).where(lately).limit(1)) is None

    async def order(self, job: Job) -> Order:
        """Return the order of a job that waits and the others around it."""
        return order_of(job, await self._database.rows(AROUND, values_of(job)))

    async def next_start(self, job: Job) -> datetime | None:
        """Return when, by Blink's clock, the next command of the same camera began; None if there is none.

        A job that has ended since this one was asked for counts: its recording can come to a second place later.
        """
        assert job.target is not None
        key = job.target.key
        same_camera = and_(same_network(job), clip_jobs.c.camera_id == key.camera_id)
        lately = or_(clip_jobs.c.told_at.is_(None), clip_jobs.c.told_at > job.request.created_at)
        began, asked = clip_jobs.c.blink_started_at, clip_jobs.c.asked_at
        at, asked_at = job.progress.blink_started_at, job.progress.asked_at or job.request.created_at
        later = or_(began > at, and_(began == at, asked > asked_at))  # Blink's clock is known in whole seconds
        return await self._database.scalar(select(func.min(began)).where(same_camera, lately, later))

    async def save_unless_taken(self, old: Job, new: Job) -> bool:
        """Replace `old` by `new`; return False if another job has that recording, or is of the same person and camera.

        Raises Superseded as `save` does.
        """
        try:
            await self.save(old, new)
        except Conflict:
            return False
        return True

    async def choose(self, old: Job, new: Job) -> bool:
        """Move a received job to fetching a recording, and say whether that is the first use of a share."""
        async with self._database.write() as connection:
            await one_at_a_time(connection, new.request.user_id, new.owner_id)
            await self._replace(connection, old, new)
            return await note_use_by(connection, new)

    async def chosen_before(self, job: Job) -> int:
        """Return the number of unfinished jobs of the same person and kind that are older than this one."""
        theirs = and_(clip_jobs.c.user_id == job.request.user_id, clip_jobs.c.kind == job.request.kind.value)
        counted = select(func.count()).select_from(clip_jobs)
        before = counted.where(clip_jobs.c.told_at.is_(None), theirs, older(job))
        return await self._database.scalar(before) or 0

    async def job(self, job_id: str) -> Job | None:
        """Return one job, or None if nothing is kept of it."""
        return next(iter(await self._jobs(self._database, clip_jobs.c.id == job_id)), None)

    async def of_person(self, user_id: int) -> list[Job]:
        """Return all jobs that are kept of a person, oldest first."""
        return await self._jobs(self._database, clip_jobs.c.user_id == user_id)

    async def undelivered(self, user_id: int) -> list[Job]:
        """Return the ended jobs of a person whose end could be shown nowhere, oldest first."""
        return await self._jobs(self._database, and_(clip_jobs.c.user_id == user_id, is_undelivered))

    async def mark_delivered(self, jobs: Collection[Job]) -> None:
        """Note that the person now knows how these undelivered jobs ended."""
        these = clip_jobs.c.id.in_([job.id for job in jobs])
        await self._database.change(update(clip_jobs).where(these).values(missed=False))

    async def remove(self, job: Job) -> None:
        """Delete a job if it is still in this stage and this process's."""
        await self._database.change(delete(clip_jobs).where(self._is_mine), _as_it_is(job))

    async def live(self) -> list[Job]:
        """Return every unfinished job in a stage that this version knows, oldest first."""
        return await self._jobs(self._database, and_(clip_jobs.c.told_at.is_(None), in_stages(Stage)))

    async def unfinished(self) -> dict[str, int]:
        """Return the number of unfinished jobs in each stage; raises StoreError."""
        counted = select(clip_jobs.c.stage, func.count().label("jobs")).where(clip_jobs.c.told_at.is_(None))
        found = Counter[str]()
        for row in await self._database.rows(counted.group_by(clip_jobs.c.stage)):
            found[plain(row["stage"])] += row["jobs"]
        return found

    async def forget(self, *, ended_before: datetime, tokens_before: datetime) -> None:
        """Delete jobs that were told before `ended_before`; erase interaction tokens expired before `tokens_before`.

        Deletes all but a person's newest jobs that asked no camera for anything, whose number nothing else limits.
        """
        expired = and_(clip_jobs.c.reply_token.is_not(None), clip_jobs.c.reply_expires_at < tokens_before)
        await self._database.in_chunks(delete(clip_jobs).where(clip_jobs.c.told_at < ended_before), clip_jobs.c.id)
        await self._database.in_chunks(update(clip_jobs).where(expired).values(reply_token=None), clip_jobs.c.id)
        refused = text(REFUSED)  # spelt as the partial index is
        too_many = select(clip_jobs.c.user_id).where(refused).group_by(clip_jobs.c.user_id)
        for row in await self._database.rows(too_many.having(func.count() > _MOST_REFUSED)):
            theirs = select(clip_jobs.c.id).where(clip_jobs.c.user_id == row["user_id"], refused)
            newest_first = theirs.order_by(clip_jobs.c.created_at.desc(), clip_jobs.c.id.desc())
            oldest = newest_first.offset(_MOST_REFUSED).subquery()
            await self._database.in_chunks(delete(clip_jobs).where(clip_jobs.c.id.in_(select(oldest))), clip_jobs.c.id)

    async def _jobs(self, where: Statements, condition: ColumnElement[bool], *, unlocked: bool = False) -> list[Job]:
        """Return the jobs of these rows, oldest first, without those that only a later version can read."""
        found = select(clip_jobs).where(condition).order_by(*_oldest_first)
        rows = await where.rows(found.with_for_update(skip_locked=True) if unlocked else found)
        return jobs_of(rows, self._keyring)

    async def _replace(self, connection: Connection, old: Job, new: Job) -> None:
        _expect_one(await connection.change(self._replacing, _as_it_is(old) | changes_of(new, self._keyring)))


def _as_it_is(job: Job) -> dict[str, Any]:
    return {"this": job.id, "in_stage": stage_of(job)}


def _expect_one(changed: int) -> None:
    if changed != 1:
        raise Superseded
