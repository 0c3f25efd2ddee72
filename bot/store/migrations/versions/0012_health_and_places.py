"""The health of cameras, channels and roles for single cameras, and what an alert's sentence needs."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Add the columns, which an older process leaves alone, and the tables."""
    op.add_column("people", sa.Column("locale", sa.String(32)))
    op.add_column("watchers", sa.Column("cameras", sa.Text()))
    op.add_column("watchers", sa.Column("health", sa.Boolean(), nullable=False, server_default=sa.false()))
    where = sa.text("health")
    op.create_index("ix_watchers_health", "watchers", ["user_id"], sqlite_where=where, postgresql_where=where)
    op.add_column("alerts", sa.Column("zone", sa.Text()))
    op.add_column("notices", sa.Column("role_id", sa.BigInteger()))
    op.add_column("notices", sa.Column("mentioned_at", sa.DateTime(timezone=True)))
    op.add_column("notices", sa.Column("health", sa.Text()))
    op.create_table(
        "health_looks",
        sa.Column("account_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("looked_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("account_id", name="pk_health_looks"),
    )
    op.create_table(
        "camera_health",
        sa.Column("account_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("camera", sa.String(64), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("offline_since", sa.DateTime(timezone=True)),
        sa.Column("low_battery", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "camera", name="pk_camera_health"),
    )
    op.create_table(
        "health_told",
        sa.Column("user_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("account_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("camera", sa.String(64), nullable=False),
        sa.Column("offline", sa.Boolean(), nullable=False),
        sa.Column("low_battery", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("user_id", "account_id", "camera", name="pk_health_told"),
    )
