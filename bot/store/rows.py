"""A clip job as a row, and back."""

import json
import logging
from collections.abc import Callable
from typing import Any

from sqlalchemy import RowMapping

from bot.models import CameraKey, CameraKind, End, Job, Kind, Lender, Reply, Said, Stage, Target

from .errors import WrongKey
from .sealing import Keyring

_log = logging.getLogger(__name__)


def row_of(job: Job, seal: Callable[..., str]) -> dict[str, Any]:
    """Return the row that holds `job`, its token sealed by a keyring's `seal`."""
    token, target, said = job.reply.token, job.target, job.said
    return {
        "id": job.id,
        "interaction_id": job.interaction_id,
        "user_id": job.user_id,
        "asked": job.asked,
        "created_at": job.created_at,
        "kind": job.kind.value,
        "stage": job.stage.value,
        "ending": job.end.value if job.end else None,
        "reason": job.reason.value if job.reason else None,
        "reply_application_id": job.reply.application_id,
        "reply_token": None if token is None else seal(token, **_token_place(job.id)),
        "reply_expires_at": job.reply.expires_at,
        "reply_channel_id": job.reply.channel_id,
        "reply_message_id": job.reply.message_id,
        "reply_guild_id": job.reply.guild_id,
        "reply_ephemeral": job.reply.ephemeral,
        "reply_in_dm": job.reply.in_dm,
        "reply_bot_can_edit": job.reply.bot_can_edit,
        "reply_file_limit": job.reply.file_limit,
        "reply_locale": job.reply.locale,
        "permits": json.dumps(job.permits),
        "lender_id": job.lender.user_id if job.lender else None,
        "lender_name": job.lender.name if job.lender else None,
        "permit_id": job.lender.permit_id if job.lender else None,
        "account_id": target.account_id if target else None,
        "camera_kind": target.key.kind.value if target else None,
        "network_id": target.key.network_id if target else None,
        "camera_id": target.key.camera_id if target else None,
        "camera_name": target.name if target else None,
        "network_name": target.network if target else None,
        "usb": target.usb if target else None,
        "video_likely": target.video_likely if target else None,
        "battery": target.battery if target else None,
        "temperature": target.temperature if target else None,
        "wifi": target.wifi if target else None,
        "options": json.dumps(job.options, ensure_ascii=False),
        "said_condition": said.condition,
        "said_stage": said.stage,
        "said_code": said.code,
        "said_status": said.status,
        "said_message": said.message,
        "busy_since": job.busy_since,
        "attempts": job.attempts,
        "retry_at": job.retry_at,
        "asked_at": job.asked_at,
        "blink_started_at": job.blink_started_at,
        "command_id": job.command_id,
        "confirmed": job.confirmed,
        "recorded_at": job.recorded_at,
        "blink_recorded_at": job.blink_recorded_at,
        "media_id": job.media_id,
        "media_path": job.media_path,
        "usb_name": job.usb_name,
        "usb_at": job.usb_at,
        "picture_before": job.picture_before,
        "pictured": job.pictured,
        "size": job.size,
        "seconds": job.seconds,
        "shrunk_from": job.shrunk_from,
        "not_shrunk": job.not_shrunk,
        "sent_as_dm": job.sent_as_dm,
        "dms_closed": job.dms_closed,
        "told_at": job.told_at,
        "missed": job.missed,
    }


def job_of(row: RowMapping, keyring: Keyring) -> Job:
    """Return the job that `row` holds."""
    return Job(
        id=row["id"],
        interaction_id=row["interaction_id"],
        user_id=row["user_id"],
        asked=row["asked"],
        created_at=row["created_at"],
        kind=Kind(row["kind"]),
        stage=Stage(row["stage"]),
        end=End(row["ending"]) if row["ending"] else None,
        reason=End(row["reason"]) if row["reason"] else None,
        reply=_reply(row, keyring),
        permits=tuple(json.loads(row["permits"])),
        lender=None if row["lender_id"] is None else Lender(row["lender_id"], row["lender_name"], row["permit_id"]),
        target=None if row["account_id"] is None else _target(row),
        options=tuple((key, label) for key, label in json.loads(row["options"])),
        said=Said(
            condition=row["said_condition"],
            stage=row["said_stage"],
            code=row["said_code"],
            status=row["said_status"],
            message=row["said_message"],
        ),
        busy_since=row["busy_since"],
        attempts=row["attempts"],
        retry_at=row["retry_at"],
        asked_at=row["asked_at"],
        blink_started_at=row["blink_started_at"],
        command_id=row["command_id"],
        confirmed=row["confirmed"],
        recorded_at=row["recorded_at"],
        blink_recorded_at=row["blink_recorded_at"],
        media_id=row["media_id"],
        media_path=row["media_path"],
        usb_name=row["usb_name"],
        usb_at=row["usb_at"],
        picture_before=row["picture_before"],
        pictured=row["pictured"],
        size=row["size"],
        seconds=row["seconds"],
        shrunk_from=row["shrunk_from"],
        not_shrunk=row["not_shrunk"],
        sent_as_dm=row["sent_as_dm"],
        dms_closed=row["dms_closed"],
        told_at=row["told_at"],
        missed=row["missed"],
    )


def _reply(row: RowMapping, keyring: Keyring) -> Reply:
    return Reply(
        application_id=row["reply_application_id"],
        token=_token(row, keyring),
        expires_at=row["reply_expires_at"],
        channel_id=row["reply_channel_id"],
        message_id=row["reply_message_id"],
        guild_id=row["reply_guild_id"],
        ephemeral=row["reply_ephemeral"],
        in_dm=row["reply_in_dm"],
        bot_can_edit=row["reply_bot_can_edit"],
        file_limit=row["reply_file_limit"],
        locale=row["reply_locale"],
    )


def _target(row: RowMapping) -> Target:
    return Target(
        account_id=row["account_id"],
        key=CameraKey(CameraKind(row["camera_kind"]), row["network_id"], row["camera_id"]),
        name=row["camera_name"],
        network=row["network_name"],
        usb=row["usb"],
        video_likely=row["video_likely"],
        battery=row["battery"],
        temperature=row["temperature"],
        wifi=row["wifi"],
    )


def _token(row: RowMapping, keyring: Keyring) -> str | None:
    if row["reply_token"] is None:
        return None
    try:
        return keyring.open(row["reply_token"], **_token_place(row["id"]))
    except WrongKey as error:
        # The reply has other ways to its person; one bad row must not keep all other jobs from going on.
        _log.warning("job %s goes on without its interaction token: %s", row["id"], error)
        return None


def _token_place(job_id: str) -> dict[str, str]:
    return {"table": "clip_jobs", "column": "reply_token", "row": job_id}
