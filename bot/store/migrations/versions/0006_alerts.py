"""Subscriptions to alerts, the recordings that are read for them, and the alert messages."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Make the tables; nobody wants to hear of anything yet."""
    op.create_table(
        "watchers",
        sa.Column("user_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("quiet_begin", sa.BigInteger()),
        sa.Column("quiet_end", sa.BigInteger()),
        sa.Column("quiet_zone", sa.Text()),
        sa.Column("channel_guild_id", sa.BigInteger()),
        sa.Column("channel_id", sa.BigInteger()),
        sa.Column("muted_from", sa.DateTime(timezone=True)),
        sa.Column("muted_until", sa.DateTime(timezone=True)),
        sa.Column("unreachable_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("user_id", name="pk_watchers"),
    )
    op.create_table(
        "wishes",
        sa.Column("user_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("owner_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("guild_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cameras", sa.Text()),
        sa.Column("muted", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("user_id", "owner_id", "guild_id", name="pk_wishes"),
    )
    op.create_index("ix_wishes_owner", "wishes", ["owner_id"])
    op.create_table(
        "feeds",
        sa.Column("owner_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("account_id", sa.BigInteger()),
        sa.Column("cursor", sa.DateTime(timezone=True), nullable=False),
        sa.Column("owner", sa.String(64)),
        sa.PrimaryKeyConstraint("owner_id", name="pk_feeds"),
    )
    op.create_table(
        "alerts",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("owner_id", sa.BigInteger(), nullable=False),
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("media_id", sa.BigInteger(), nullable=False),
        sa.Column("camera", sa.String(64)),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("path", sa.Text()),
        sa.Column("picture", sa.Text()),
        sa.Column("notice_id", sa.String(64)),
        sa.Column("dropped_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name="pk_alerts"),
    )
    op.create_index("uq_alerts_recording", "alerts", ["user_id", "account_id", "media_id"], unique=True)
    op.create_index("ix_alerts_owner", "alerts", ["owner_id", "happened_at"])
    _partial_index("ix_alerts_notice", "alerts", ["notice_id"], "notice_id IS NOT NULL")
    _partial_index(
        "ix_alerts_waiting", "alerts", ["user_id", "happened_at"], "notice_id IS NULL AND dropped_at IS NULL"
    )
    op.create_table(
        "notices",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("channel_id", sa.BigInteger()),
        sa.Column("message_id", sa.BigInteger()),
        sa.Column("told_at", sa.DateTime(timezone=True)),
        sa.Column("owner", sa.String(64)),
        sa.PrimaryKeyConstraint("id", name="pk_notices"),
    )
    op.create_index("ix_notices_user", "notices", ["user_id", "made_at"])
    _partial_index("ix_notices_unfinished", "notices", ["made_at", "id"], "told_at IS NULL")
    op.create_table(
        "processes",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_processes"),
    )


def _partial_index(name: str, table: str, columns: list[str], where: str) -> None:
    op.create_index(name, table, columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))
