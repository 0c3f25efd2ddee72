"""Clip jobs for tests that need no bot."""

from datetime import UTC, datetime, timedelta
from typing import Any

from bot.models import CameraKey, CameraKind, Job, Reply, Target

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


def a_job(**changes: Any) -> Job:
    """Return a job as it is received, with `changes`."""
    given: dict[str, Any] = {
        "id": "0123456789abcdef0123456789abcdef",
        "interaction_id": 5,
        "user_id": 6,
        "asked": "front door",
        "reply": REPLY,
        "created_at": NOW,
        "target": TARGET,
    }
    return Job(**(given | changes))
