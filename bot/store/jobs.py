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
    func,
    or_,
    select,
    text,
    update,
)

from bot.models import Admission, Job, Order, Stage, Superseded

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
from .store_part import StorePart, reads, writes
from .tables import REFUSED, accounts, clip_jobs
from .transaction import DatabaseTime, Transaction, has_ended

_MOST_REFUSED = 20  # of each person; the buttons of their replies need the jobs
_oldest_first = (clip_jobs.c.created_at, clip_jobs.c.id)


class JobStore(StorePart):
    """Stores jobs; a job belongs to its process for `lease` seconds after each write."""

    def __init__(self, database: Database, keyring: Keyring, *, lease: float) -> None:
        super().__init__(database)
        self._keyring = keyring
        self._owner = secrets.token_hex(8)
        self._is_ours = clip_jobs.c.owner == self._owner
        self._mine: dict[str, Any] = {"owner": self._owner, "owned_until": DatabaseTime(lease)}
        # Built once, since each save of a clip needs them; `_as_it_is` gives them their values.
        this = and_(clip_jobs.c.id == bindparam("this"), clip_jobs.c.stage == bindparam("in_stage"))
        self._is_mine = and_(this, self._is_ours)
        self._replacing = update(clip_jobs).where(self._is_mine).values(self._mine)
        self._removing = delete(clip_jobs).where(self._is_mine)

    @writes
    def insert(self, transaction: Transaction, job: Job) -> bool:
        """Save a new job, which is this process's; return False if its interaction is known already."""
        row = row_of(job, self._keyring) | self._mine
        return transaction.insert_new(clip_jobs, row, unique=["interaction_id"])

    @writes
    def take_over(self, transaction: Transaction, interaction_id: int) -> Job | None:
        """Take a job that still stands as it was first written, whichever process has it; None if there is none."""
        this = and_(clip_jobs.c.interaction_id == interaction_id, in_stages({Stage.RECEIVED}))
        transaction.change(update(clip_jobs).where(this).values(**self._mine))
        found = self._jobs(transaction, and_(this, self._is_ours))
        return found[0] if found else None

    @writes
    def save(self, transaction: Transaction, old: Job, new: Job) -> None:
        """Replace `old` by `new`; raises Superseded if it is not this process's, or not in `old`'s stage.

        An end that has been told is kept only while the Blink account that it tells of is linked.
        """
        self._replace(transaction, old, new)
        if new.delivery.told_at is not None and new.needs_link:
            linked = select(accounts.c.user_id).where(accounts.c.user_id == new.owner_id)
            locked = linked.with_for_update(read=True, key_share=True)  # so that no unlinking goes on meanwhile
            if transaction.scalar(locked) is None:
                transaction.change(self._removing, _as_it_is(new))

    @reads
    def still(self, transaction: Transaction, job: Job) -> None:
        """Check that a job is this process's, by a lease that has not ended, and in this stage; raises Superseded."""
        self._check(transaction, job)

    async def claim(self, *, running: Collection[str] = ()) -> list[Job]:
        """Take every unfinished job without a lease, and return all of this process's that are not `running`."""
        free = or_(clip_jobs.c.owner.is_(None), self._is_ours, has_ended(clip_jobs.c.owned_until))
        # A row in a stage of a later version, which runs beside this one during an update, is left to that.
        unfinished = and_(clip_jobs.c.told_at.is_(None), in_stages(Stage), clip_jobs.c.id.not_in(running), free)

        def take(transaction: Transaction) -> list[Job]:
            # Rows that a frozen machine has locked in the middle of a write must not hide the others.
            found = self._jobs(transaction, unfinished, unlocked=True)
            if found:
                these = clip_jobs.c.id.in_([job.id for job in found])
                transaction.change(update(clip_jobs).where(these).values(**self._mine))
            return found

        anything = select(clip_jobs.c.id).where(unfinished).limit(1)
        if await self.database.read(lambda transaction: transaction.scalar(anything)) is None:
            return []
        return await self.database.write(take)

    @writes
    def renew(self, transaction: Transaction) -> frozenset[str]:
        """Renew the lease of this process's unfinished jobs, and return their ids."""
        unfinished = and_(clip_jobs.c.told_at.is_(None), self._is_ours)
        renewing = update(clip_jobs).where(unfinished).values(self._mine).returning(clip_jobs.c.id)
        return frozenset(transaction.scalars(renewing))

    @reads
    def lost(self, transaction: Transaction, job_ids: Collection[str]) -> frozenset[str]:
        """Return those of these jobs that another process has taken over, or finished."""
        others = and_(clip_jobs.c.id.in_(job_ids), clip_jobs.c.owner != self._owner)
        return frozenset(transaction.scalars(select(clip_jobs.c.id).where(others)))

    @writes
    def release(self, transaction: Transaction) -> None:
        """End the lease of this process's unfinished jobs, so that another takes them at once."""
        unfinished = and_(clip_jobs.c.told_at.is_(None), self._is_ours)
        transaction.change(update(clip_jobs).where(unfinished).values(owner=None, owned_until=None))

    async def queue(
        self, old: Job, new: Job, *, most: int, begun: Job | None = None, live_gap: timedelta = timedelta()
    ) -> Admission:
        """Move a received job into the queue, unless its person has a live one for that camera or `most` of them.

        Moves it to `begun` instead if it is its turn already, which is decided as in `take_turn`, and if no older job
        of its person can still come before it. A round is for all cameras of a system, and compared with rounds only.
        For somebody else's camera all live jobs of that Blink account count too.
        """
        try:
            return await self._queue(old, new, most, begun, live_gap)
        except Conflict:  # another process was faster to occupy the network, or the account's live view
            if begun is None:
                raise
            return await self._queue(old, new, most, None, live_gap)

    @writes
    def _queue(
        self, transaction: Transaction, old: Job, new: Job, most: int, begun: Job | None, live_gap: timedelta
    ) -> Admission:
        # Else two commands of one person would not see each other.
        transaction.one_at_a_time(new.request.user_id, new.owner_id)
        others = transaction.rows(AROUND, values_of(new))
        theirs = [row for row in others if row["user_id"] == new.request.user_id]
        if same := next((row["id"] for row in theirs if is_alike(row, new)), None):
            running = self._jobs(transaction, clip_jobs.c.id == same)
            return Admission(queued=False, running=next(iter(running), None))
        of_owner = [row for row in others if row["owner_id"] == new.owner_id] if new.owner else []
        if max(len(theirs), len(of_owner)) >= most:
            return Admission(queued=False)
        written = new
        if begun and self._may_begin(transaction, begun, others, live_gap):
            written = new if transaction.rows(STILL_RECEIVED, values_of(new)) else begun
        self._replace(transaction, old, written)
        first_use = note_use_by(transaction, new)
        return Admission(queued=True, begun=written is begun, first_use=first_use)

    async def take_turn(self, old: Job, new: Job, *, live_gap: timedelta = timedelta()) -> bool:
        """Move a queued job to asking, or to its live view; return False while it is not its turn.

        The `Order` of all jobs decides. A live view begins `live_gap` after the account's last one.
        """
        try:
            return await self._take_turn(old, new, live_gap)
        except Conflict:  # another process was faster to occupy the network
            return False

    @writes
    def _take_turn(self, transaction: Transaction, old: Job, new: Job, live_gap: timedelta) -> bool:
        # Else two jobs of one person would not see each other.
        transaction.one_at_a_time(old.request.user_id, old.owner_id)
        others = transaction.rows(AROUND, values_of(old))
        if self._may_begin(transaction, new, others, live_gap):
            self._replace(transaction, old, new)
            return True
        self._check(transaction, old)
        return False

    def _may_begin(self, transaction: Transaction, job: Job, others: Iterable[RowMapping], gap: timedelta) -> bool:
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
        return transaction.scalar(select(clip_jobs.c.id).where(lately).limit(1)) is None

    @reads
    def order(self, transaction: Transaction, job: Job) -> Order:
        """Return the order of a job that waits and the others around it."""
        return order_of(job, transaction.rows(AROUND, values_of(job)))

    @reads
    def next_start(self, transaction: Transaction, job: Job) -> datetime | None:
        """Return when, by Blink's clock, the next command of the same camera began; None if there is none.

        A job that has ended since this one was asked for counts: its recording can come to a second place later.
        """
        assert job.target is not None
        key = job.target.key
        same_camera = and_(same_network(job), clip_jobs.c.camera_id == key.camera_id)
        under_way, lately = clip_jobs.c.told_at.is_(None), clip_jobs.c.told_at > job.request.created_at
        began, asked = clip_jobs.c.blink_started_at, clip_jobs.c.asked_at
        at, asked_at = job.progress.blink_started_at, job.progress.asked_at or job.request.created_at
        later = or_(began > at, and_(began == at, asked > asked_at))  # Blink's clock is known in whole seconds
        # Each has an index; for both in one statement SQLite would read the whole table. Those under way come first:
        # one that ends meanwhile is in both, never in neither.
        found = [
            transaction.scalar(select(func.min(began)).where(same_camera, these, later))
            for these in (under_way, lately)
        ]
        return min((start for start in found if start), default=None)

    async def save_unless_taken(self, old: Job, new: Job) -> bool:
        """Replace `old` by `new`; return False if another job has that recording, or is of the same person and camera.

        Raises Superseded as `save` does.
        """
        try:
            await self.save(old, new)
        except Conflict:
            return False
        return True

    @writes
    def choose(self, transaction: Transaction, old: Job, new: Job) -> bool:
        """Move a received job to fetching a recording, and say whether that is the first use of a share."""
        transaction.one_at_a_time(new.request.user_id, new.owner_id)
        self._replace(transaction, old, new)
        return note_use_by(transaction, new)

    @reads
    def chosen_before(self, transaction: Transaction, job: Job) -> int:
        """Return the number of unfinished jobs of the same person and kind that are older than this one."""
        theirs = and_(clip_jobs.c.user_id == job.request.user_id, clip_jobs.c.kind == job.request.kind.value)
        counted = select(func.count()).select_from(clip_jobs)
        before = counted.where(clip_jobs.c.told_at.is_(None), theirs, older(job))
        return transaction.scalar(before) or 0

    @reads
    def job(self, transaction: Transaction, job_id: str) -> Job | None:
        """Return one job, or None if nothing is kept of it."""
        return next(iter(self._jobs(transaction, clip_jobs.c.id == job_id)), None)

    @reads
    def of_person(self, transaction: Transaction, user_id: int) -> list[Job]:
        """Return all jobs that are kept of a person, oldest first."""
        return self._jobs(transaction, clip_jobs.c.user_id == user_id)

    @reads
    def undelivered(self, transaction: Transaction, user_id: int) -> list[Job]:
        """Return the ended jobs of a person whose end could be shown nowhere, oldest first."""
        return self._jobs(transaction, and_(clip_jobs.c.user_id == user_id, is_undelivered))

    @writes
    def mark_delivered(self, transaction: Transaction, jobs: Collection[Job]) -> None:
        """Note that the person now knows how these undelivered jobs ended."""
        these = clip_jobs.c.id.in_([job.id for job in jobs])
        transaction.change(update(clip_jobs).where(these).values(missed=False))

    @writes
    def remove(self, transaction: Transaction, job: Job) -> None:
        """Delete a job if it is still in this stage and this process's."""
        transaction.change(self._removing, _as_it_is(job))

    @reads
    def live(self, transaction: Transaction) -> list[Job]:
        """Return every unfinished job in a stage that this version knows, oldest first."""
        return self._jobs(transaction, and_(clip_jobs.c.told_at.is_(None), in_stages(Stage)))

    @reads
    def unfinished(self, transaction: Transaction) -> dict[str, int]:
        """Return the number of unfinished jobs in each stage; raises StoreError."""
        counted = select(clip_jobs.c.stage, func.count().label("jobs")).where(clip_jobs.c.told_at.is_(None))
        found = Counter[str]()
        for row in transaction.rows(counted.group_by(clip_jobs.c.stage)):
            found[plain(row["stage"])] += row["jobs"]
        return found

    async def forget(self, *, ended_before: datetime, tokens_before: datetime) -> None:
        """Delete jobs that were told before `ended_before`; erase interaction tokens expired before `tokens_before`.

        Deletes all but a person's newest jobs that asked no camera for anything, whose number nothing else limits.
        """
        expired = and_(clip_jobs.c.reply_token.is_not(None), clip_jobs.c.reply_expires_at < tokens_before)
        await self.database.in_chunks(delete(clip_jobs).where(clip_jobs.c.told_at < ended_before), clip_jobs.c.id)
        await self.database.in_chunks(update(clip_jobs).where(expired).values(reply_token=None), clip_jobs.c.id)
        refused = text(REFUSED)  # spelt as the partial index is
        counted = select(clip_jobs.c.user_id).where(refused).group_by(clip_jobs.c.user_id)
        too_many = counted.having(func.count() > _MOST_REFUSED)
        for user_id in await self.database.read(lambda transaction: transaction.scalars(too_many)):
            theirs = select(clip_jobs.c.id).where(clip_jobs.c.user_id == user_id, refused)
            newest_first = theirs.order_by(clip_jobs.c.created_at.desc(), clip_jobs.c.id.desc())
            oldest = newest_first.offset(_MOST_REFUSED).subquery()
            await self.database.in_chunks(delete(clip_jobs).where(clip_jobs.c.id.in_(select(oldest))), clip_jobs.c.id)

    def _jobs(self, transaction: Transaction, condition: ColumnElement[bool], *, unlocked: bool = False) -> list[Job]:
        """Return the jobs of these rows, oldest first, without those that only a later version can read."""
        found = select(clip_jobs).where(condition).order_by(*_oldest_first)
        rows = transaction.rows(found.with_for_update(skip_locked=True) if unlocked else found)
        return jobs_of(rows, self._keyring)

    def _check(self, transaction: Transaction, job: Job) -> None:
        ours = select(clip_jobs.c.id).where(self._is_mine, clip_jobs.c.owned_until > DatabaseTime())
        if not transaction.rows(ours, _as_it_is(job)):
            raise Superseded

    def _replace(self, transaction: Transaction, old: Job, new: Job) -> None:
        if transaction.change(self._replacing, _as_it_is(old) | changes_of(new, self._keyring)) != 1:
            raise Superseded


def _as_it_is(job: Job) -> dict[str, Any]:
    return {"this": job.id, "in_stage": stage_of(job)}
