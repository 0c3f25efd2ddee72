"""A clip job as a row, and back."""

import json
import logging
from collections.abc import Iterable
from dataclasses import astuple
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, String, literal_column

from bot.models import (
    CameraKey,
    CameraKind,
    CommandStatus,
    Delivery,
    End,
    Job,
    JobRequest,
    Kind,
    LiveView,
    Owner,
    Progress,
    Reply,
    Result,
    Round,
    Shot,
    Stage,
    Target,
)

from .columns import Field, Fields, enum_field
from .errors import WrongKey
from .secrets import Keyring
from .tables import ROUND, clip_jobs, spelt

_log = logging.getLogger(__name__)

_REPLY = Fields(
    Reply,
    "application_id",
    "token",  # sealed
    "expires_at",
    "channel_id",
    "message_id",
    "guild_id",
    "ephemeral",
    "in_dm",
    "bot_can_edit",
    "file_limit",
    "locale",
    prefix="reply_",
)
_OWNER = Fields(Owner, user_id="lender_id", name="lender_name", share_id="permit_id", absent_if="lender_id")
_TARGET = Fields(
    Target,
    "account_id",
    "usb",
    "video_likely",
    "battery",
    "temperature",
    "wifi",
    key=Fields(CameraKey, "network_id", "camera_id", kind=enum_field("camera_kind", CameraKind)),
    name="camera_name",
    network="network_name",
    absent_if="account_id",
)
_REQUEST = Fields(
    JobRequest,
    "interaction_id",
    "user_id",
    "asked",
    "created_at",
    live_seconds="seconds_wished",
    kind=enum_field("kind", Kind),
    shares=Field("permits", write=json.dumps, read=lambda text: tuple(json.loads(text))),
)
_FIXED = frozenset({"id", *_REQUEST.columns_of(None)})
_PROGRESS = Fields(
    Progress,
    "busy_since",
    "attempts",
    "retry_at",
    "asked_at",
    "blink_started_at",
    "command_id",
    "confirmed",
    "recorded_at",
    "blink_recorded_at",
    "picture_before",
    status=Fields(CommandStatus, "condition", "stage", "code", "message", prefix="said_", http_status="said_status"),
)
_RESULT = Fields(
    Result,
    "media_id",
    "media_path",
    "usb_name",
    "usb_at",
    "pictured",
    "size",
    "seconds",
    "shrunk_from",
    "not_shrunk",
)
_LIVE = Fields(
    LiveView,
    "seconds",
    "starts",
    "began_at",
    "silent",
    because=enum_field("live_because", End),
    prefix="live_",
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


_DELIVERY = Fields(Delivery, "sent_as_dm", "dms_closed", "told_at", undelivered="missed")
_JOB = Fields(
    Job,
    "id",
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
    result=_RESULT,
    delivery=_DELIVERY,
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
