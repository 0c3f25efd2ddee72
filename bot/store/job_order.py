"""The jobs among which a job takes its turn, as rows."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, and_, bindparam, func, or_, select

from bot.models import Entry, Job, Order, Stage

from .job_rows import in_stages, plain
from .tables import ADMITTED, ROUND, clip_jobs

_LOOKED_UP = timedelta(minutes=1)  # a camera is by then, with two questions to Blink

_jobs, _admitted = clip_jobs.c, in_stages(ADMITTED)
_owner = func.coalesce(_jobs.lender_id, _jobs.user_id).label("owner_id")
_places = select(_jobs.account_id).where(_jobs.user_id == bindparam("person"), _admitted)
_on_these = or_(_jobs.account_id == bindparam("account"), _jobs.account_id.in_(_places))
_neighbours = select(_jobs.user_id).where(_on_these, _admitted)
_camera = (_jobs.account_id, _jobs.network_id, _jobs.camera_id)

# Both are built once, since each clip needs them; `values_of` a job gives them their values.
AROUND = select(_jobs.id, _jobs.user_id, _owner, *_camera, _jobs.stage, _jobs.created_at).where(
    or_(_on_these, _jobs.user_id.in_(_neighbours)), _admitted, _jobs.id != bindparam("this")
)
"""The other jobs on which the turn of a job depends.

These are all jobs on the Blink accounts that its person uses, and all other jobs of these accounts' users.
"""

STILL_RECEIVED = select(_jobs.id).where(
    _jobs.user_id == bindparam("person"),
    _jobs.created_at > bindparam("since"),
    _jobs.created_at < bindparam("asked_at"),
    in_stages({Stage.RECEIVED}),
)
"""The older jobs of the same person whose cameras are still looked up, and may be on the same network."""


def values_of(job: Job) -> dict[str, Any]:
    """Return the values of a job for the statements above."""
    assert job.target is not None
    return {
        "this": job.id,
        "person": job.request.user_id,
        "account": job.target.account_id,
        "asked_at": job.request.created_at,
        "since": job.request.created_at - _LOOKED_UP,
    }


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
