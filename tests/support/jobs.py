"""Clip jobs for tests that need no bot."""

from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.models import CameraKey, CameraKind, Job, JobRequest, Reply, Target

NOW = datetime(2026, 11, 23, 12, 0, 0, tzinfo=UTC)
KEY = CameraKey(CameraKind.CAMERA, 410, 610)
TARGET = Target(account_id=110, key=KEY, name="Front Door", network="Home", usb="none")
REPLY = Reply(
    application_id=1,
    token="interaction-token",
    expires_at=NOW + timedelta(minutes=15),
    channel_id=2,
    message_id=3,
    ephemeral=True,
    in_dm=False,
    bot_can_edit=True,
    guild_id=4,
)


JOB = Job(
    id="0123456789abcdef0123456789abcdef",
    request=JobRequest(interaction_id=5, user_id=6, asked="front door", created_at=NOW),
    reply=REPLY,
    target=TARGET,
)


def a_job(**changes: Any) -> Job:
    """Return a job as it is received, with `changes`."""
    return with_values(JOB, **changes)


def with_values(job: Job, **values: Any) -> Job:
    """Return the job with the values, each put into the part that has it."""
    changes: dict[str, Any] = {}
    for part in ("request", "progress", "result", "delivery"):
        old = getattr(job, part)
        new = {one.name: values.pop(one.name) for one in fields(old) if one.name in values}
        changes |= {part: replace(old, **new)} if new else {}
    return replace(job, **changes, **values)
