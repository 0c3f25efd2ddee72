"""Accounts, people, clip jobs and remembered values."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the first tables."""
    op.create_table(
        "accounts",
        sa.Column("user_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("link_id", sa.String(64), nullable=False),
        sa.Column("linked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("access_token", sa.Text(), nullable=False),
        sa.Column("refresh_token", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("oauth_client", sa.Text(), nullable=False),
        sa.Column("hardware_id", sa.Text()),
        sa.Column("tier", sa.Text()),
        sa.Column("account_id", sa.BigInteger()),
        sa.Column("last_success_at", sa.DateTime(timezone=True)),
        sa.Column("signed_out_at", sa.DateTime(timezone=True)),
        sa.Column("refresh_owner", sa.String(64)),
        sa.Column("refresh_until", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_accounts")),
    )
    op.create_table(
        "people",
        sa.Column("user_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("notify_clips", sa.String(32)),
        sa.Column("dms_closed_at", sa.DateTime(timezone=True)),
        sa.Column("dms_closed_told", sa.Boolean(), nullable=False),
        sa.Column("dms_introduced", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_people")),
    )
    op.create_table(
        "meta",
        sa.Column("key", sa.String(255), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_meta")),
    )
    _make_clip_jobs()


def _make_clip_jobs() -> None:
    op.create_table(
        "clip_jobs",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("interaction_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("asked", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stage", sa.String(32), nullable=False),
        sa.Column("ending", sa.String(32)),
        sa.Column("reply_application_id", sa.BigInteger(), nullable=False),
        sa.Column("reply_token", sa.Text()),
        sa.Column("reply_expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reply_channel_id", sa.BigInteger(), nullable=False),
        sa.Column("reply_message_id", sa.BigInteger()),
        sa.Column("reply_guild_id", sa.BigInteger()),
        sa.Column("reply_ephemeral", sa.Boolean(), nullable=False),
        sa.Column("reply_in_dm", sa.Boolean(), nullable=False),
        sa.Column("reply_bot_can_edit", sa.Boolean(), nullable=False),
        sa.Column("reply_file_limit", sa.BigInteger(), nullable=False),
        sa.Column("reply_locale", sa.String(32), nullable=False),
        sa.Column("account_id", sa.BigInteger()),
        sa.Column("camera_kind", sa.String(32)),
        sa.Column("network_id", sa.BigInteger()),
        sa.Column("camera_id", sa.BigInteger()),
        sa.Column("camera_name", sa.Text()),
        sa.Column("network_name", sa.Text()),
        sa.Column("usb", sa.Text()),
        sa.Column("options", sa.Text(), nullable=False),
        sa.Column("said_condition", sa.Text()),
        sa.Column("said_stage", sa.Text()),
        sa.Column("said_code", sa.BigInteger()),
        sa.Column("said_status", sa.BigInteger()),
        sa.Column("said_message", sa.Text(), nullable=False),
        sa.Column("busy_since", sa.DateTime(timezone=True)),
        sa.Column("attempts", sa.BigInteger(), nullable=False),
        sa.Column("retry_at", sa.DateTime(timezone=True)),
        sa.Column("asked_at", sa.DateTime(timezone=True)),
        sa.Column("blink_started_at", sa.DateTime(timezone=True)),
        sa.Column("command_id", sa.BigInteger()),
        sa.Column("confirmed", sa.Boolean(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True)),
        sa.Column("blink_recorded_at", sa.DateTime(timezone=True)),
        sa.Column("media_id", sa.BigInteger()),
        sa.Column("media_path", sa.Text()),
        sa.Column("size", sa.BigInteger()),
        sa.Column("sent_as_dm", sa.Boolean(), nullable=False),
        sa.Column("dms_closed", sa.Boolean(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clip_jobs")),
    )
    op.create_index("uq_clip_jobs_interaction", "clip_jobs", ["interaction_id"], unique=True)
    _make_index(
        "uq_clip_jobs_holding",
        ["account_id", "network_id"],
        where="stage IN ('asking', 'busy', 'recording')",
        unique=True,
    )
    _make_index(
        "uq_clip_jobs_admitted",
        ["user_id", "network_id", "camera_id"],
        where="stage IN ('asking', 'busy', 'looking', 'queued', 'recording')",
        unique=True,
    )
    _make_index("uq_clip_jobs_media", ["account_id", "media_id"], where="media_id IS NOT NULL", unique=True)
    _make_index("ix_clip_jobs_queue", ["account_id", "network_id", "created_at", "id"], where="stage IN ('queued')")
    _make_index("ix_clip_jobs_live", ["created_at", "id"], where="told_at IS NULL")


def _make_index(name: str, columns: list[str], *, where: str, unique: bool = False) -> None:
    op.create_index(
        name, "clip_jobs", columns, unique=unique, sqlite_where=sa.text(where), postgresql_where=sa.text(where)
    )
