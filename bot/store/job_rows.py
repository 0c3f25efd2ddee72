"""Clip jobs as rows, and back; and the rows among which a job takes its turn."""

import json
import logging
from collections.abc import Iterable
from dataclasses import astuple
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, String, and_, bindparam, func, literal_column, or_, select

from bot.models import (
    CameraKey,
    CameraKind,
    CommandStatus,
    Delivery,
    End,
    Entry,
    Job,
    JobRequest,
    Kind,
    LiveView,
    Order,
    Owner,
    Progress,
    Reply,
    Result,
    Round,
    Shot,
    Stage,
    Target,
)

from .columns import Field, StoredFields, enum_field
from .errors import WrongKey
from .secrets import Keyring
from .tables import ADMITTED, ROUND, clip_jobs, spelt

_log = logging.getLogger(__name__)

_LOOKED_UP = timedelta(minutes=1)  # a camera is by then, with two questions to Blink

_REPLY = StoredFields(Reply, prefix="reply_")  # its token is sealed
_OWNER = StoredFields(Owner, user_id="lender_id", name="lender_name", share_id="permit_id", absent_if="lender_id")
_TARGET = StoredFields(
    Target,
    key=StoredFields(CameraKey, kind=enum_field("camera_kind", CameraKind)),
    name="camera_name",
    network="network_name",
    absent_if="account_id",
)
_REQUEST = StoredFields(
    JobRequest,
    live_seconds="seconds_wished",
    kind=enum_field("kind", Kind),
    shares=Field("permits", write=json.dumps, read=lambda text: tuple(json.loads(text))),
)
_FIXED = frozenset({"id", *_REQUEST.columns_of(None)})
_PROGRESS = StoredFields(Progress, status=StoredFields(CommandStatus, prefix="said_", http_status="said_status"))
_LIVE = StoredFields(
    LiveView,
    because=enum_field("live_because", End),
    prefix="live_",
    without=("recorded", "again"),
    absent_if="live_seconds",
)


def _text_of_round(taken: Round) -> str:
    shots = [[str(one.key), *astuple(one)[1:]] for one in taken.shots]
    return json.dumps({"shots": shots, "left_out": taken.left_out}, ensure_ascii=False)


def _round_of(text: str) -> Round:
    kept = json.loads(text)
    return Round(tuple(_shot_of(*one) for one in kept["shots"]), tuple(kept["left_out"]))


def _shot_of(key: str, name: str, share_id: str | None, path: str | None, end: str | None) -> Shot:
    camera = CameraKey.parse(key)
    assert camera is not None
    return Shot(camera, name, share_id, path, End(end) if end else None)


_JOB = StoredFields(
    Job,
    without=("resumed",),
    request=_REQUEST,
    stage=enum_field("stage", Stage),
    end=enum_field("ending", End),
    reason=enum_field("reason", End),
    reply=_REPLY,
    owner=_OWNER,
    target=_TARGET,
    options=Field(
        "options",
        write=lambda options: json.dumps(options, ensure_ascii=False),
        read=lambda text: tuple((choice, label) for choice, label in json.loads(text)),
    ),
    progress=_PROGRESS,
    live=_LIVE,
    round=Field("round", write=_text_of_round, read=_round_of),
    result=StoredFields(Result),
    delivery=StoredFields(Delivery, undelivered="missed"),
)


def row_of(job: Job, keyring: Keyring) -> dict[str, Any]:
    """Return the row that holds a job, its interaction token sealed."""
    row = _JOB.columns_of(job) | {"stage": stage_of(job)}
    if job.reply.token is not None:
        row["reply_token"] = keyring.seal(job.reply.token, **_token_place(job.id))
    return row


def changes_of(job: Job, keyring: Keyring) -> dict[str, Any]:
    """Return a job's row without what never changes, since setting an indexed column again costs as much."""
    return {name: value for name, value in row_of(job, keyring).items() if name not in _FIXED}


def jobs_of(rows: Iterable[RowMapping], keyring: Keyring) -> list[Job]:
    """Return the jobs that rows hold, without those that only a later version can read: they are left to that."""
    found: list[Job] = []
    for row in rows:
        try:
            found.append(job_of(row, keyring))
        except (KeyError, TypeError, ValueError) as error:
            _log.info("job %s is left to the version that has written it: %s", row["id"], type(error).__name__)
    return found


def job_of(row: RowMapping, keyring: Keyring) -> Job:
    """Return the job that a row holds."""
    return _JOB.value_of({**row, "stage": plain(row["stage"]), "reply_token": _token(row, keyring)})


def stage_of(job: Job) -> str:
    """Return a job's stage as its row spells it."""
    return f"{ROUND}{job.stage}" if job.round is not None and job.stage is not Stage.ENDED else job.stage.value


def plain(stage: str) -> str:
    """Return the name of the stage that a row spells."""
    return stage.removeprefix(ROUND)


def _token(row: RowMapping, keyring: Keyring) -> str | None:
    if row["reply_token"] is None:
        return None
    try:
        return keyring.open(row["reply_token"], **_token_place(row["id"]))
    except WrongKey as error:
        # The end can be told without the token; one bad row must not keep all other jobs from going on.
        _log.warning("job %s goes on without its interaction token: %s", row["id"], error)
        return None


def _token_place(job_id: str) -> dict[str, str]:
    return {"table": "clip_jobs", "column": "reply_token", "row": job_id}


# Spelt as the partial index is: SQLite does not see that `missed = 1` is the same.
is_undelivered: ColumnElement[Any] = literal_column("clip_jobs.missed")


def in_stages(stages: Iterable[Stage]) -> ColumnElement[bool]:
    """Return the condition that a job is in one of `stages`, spelt out so that the partial indexes serve it."""
    return clip_jobs.c.stage.in_([literal_column(f"'{stage}'", String) for stage in spelt(stages)])


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
