"""The jobs among which a job takes its turn, as rows."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, Select, and_, func, or_, select

from bot.models import Entry, Job, Order, Stage

from .job_rows import in_stages, plain
from .tables import ADMITTED, ROUND, clip_jobs

_LOOKED_UP = timedelta(minutes=1)  # a camera is by then, with two questions to Blink
_owner = func.coalesce(clip_jobs.c.lender_id, clip_jobs.c.user_id)


def older(job: Job) -> ColumnElement[bool]:
    """Return the condition that a job is older than this one."""
    return or_(
        clip_jobs.c.created_at < job.request.created_at,
        and_(clip_jobs.c.created_at == job.request.created_at, clip_jobs.c.id < job.id),
    )


def same_network(job: Job) -> ColumnElement[bool]:
    """Return the condition that a job is on the network of this one."""
    assert job.target is not None
    return and_(clip_jobs.c.account_id == job.target.account_id, clip_jobs.c.network_id == job.target.key.network_id)


def around(job: Job) -> Select[*tuple[Any, ...]]:
    """Select the other jobs on which the turn of a job depends.

    These are all jobs on the Blink accounts that its person uses, and all other jobs of these accounts' users.
    """
    assert job.target is not None
    jobs, admitted = clip_jobs.c, in_stages(ADMITTED)
    places = select(jobs.account_id).where(jobs.user_id == job.request.user_id, admitted)
    on_these = or_(jobs.account_id == job.target.account_id, jobs.account_id.in_(places))
    neighbours = select(jobs.user_id).where(on_these, admitted)
    columns = (jobs.id, jobs.user_id, _owner.label("owner_id"), jobs.account_id, jobs.network_id, jobs.camera_id)
    found = select(*columns, jobs.stage, jobs.created_at)
    return found.where(or_(on_these, jobs.user_id.in_(neighbours)), admitted, jobs.id != job.id)


def still_received(job: Job) -> Select[*tuple[Any, ...]]:
    """Select the older jobs of the same person whose cameras are still looked up, and may be on the same network."""
    lately = clip_jobs.c.created_at > job.request.created_at - _LOOKED_UP
    theirs = and_(clip_jobs.c.user_id == job.request.user_id, lately, older(job))
    return select(clip_jobs.c.id).where(theirs, in_stages({Stage.RECEIVED}))


def is_alike(row: RowMapping, job: Job) -> bool:
    """Return whether another job is for the same camera; of rounds, whether both are for the same system."""
    assert job.target is not None
    key, is_round = job.target.key, row["stage"].startswith(ROUND)
    if row["network_id"] != key.network_id or is_round != (job.round is not None):
        return False
    return is_round or row["camera_id"] == key.camera_id


def order_of(job: Job, others: Iterable[RowMapping]) -> Order:
    """Return the order of a job that waits and the others around it."""
    assert job.target is not None
    own = Entry(job.id, job.request.user_id, job.owner_id, job.target.system, Stage.QUEUED)
    entries = [(job.request.created_at, own), *((row["created_at"], _entry(row)) for row in others)]
    return Order(entry for _, entry in sorted(entries, key=lambda one: (one[0], one[1].job_id)))


def _entry(row: RowMapping) -> Entry:
    network = row["account_id"], row["network_id"]
    return Entry(row["id"], row["user_id"], row["owner_id"], network, Stage(plain(row["stage"])))
