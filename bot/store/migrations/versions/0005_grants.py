"""Grants for owners' cameras, the uses of grants, and jobs on others' cameras."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Make the tables; jobs from before are on their person's own cameras."""
    op.create_table(
        "grants",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("owner_id", sa.BigInteger(), nullable=False),
        sa.Column("owner_name", sa.Text(), nullable=False),
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("grantee_id", sa.BigInteger(), nullable=False),
        sa.Column("to_role", sa.Boolean(), nullable=False),
        sa.Column("grantee_name", sa.Text(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("scope", sa.String(64), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("rights", sa.String(255), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True)),
        sa.Column("hours_begin", sa.BigInteger()),
        sa.Column("hours_end", sa.BigInteger()),
        sa.Column("hours_zone", sa.Text()),
        sa.PrimaryKeyConstraint("id", name="pk_grants"),
    )
    op.create_index(
        "uq_grants_scope", "grants", ["owner_id", "guild_id", "grantee_id", "account_id", "scope"], unique=True
    )
    op.create_index("ix_grants_grantee", "grants", ["guild_id", "grantee_id"])
    op.create_table(
        "grant_people",
        sa.Column("grant_id", sa.String(32), nullable=False),
        sa.Column("user_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("grant_id", "user_id", name="pk_grant_people"),
    )
    op.create_table(
        "grant_uses",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("owner_id", sa.BigInteger(), nullable=False),
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("what", sa.String(32), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_grant_uses"),
    )
    op.create_index("ix_grant_uses_owner", "grant_uses", ["owner_id", "used_at"])
    op.create_index("ix_grant_uses_used", "grant_uses", ["used_at"])
    op.add_column("people", sa.Column("hears_of_grants", sa.Boolean(), nullable=False, server_default=sa.true()))
    op.add_column("clip_jobs", sa.Column("permits", sa.Text(), nullable=False, server_default="[]"))
    op.add_column("clip_jobs", sa.Column("lender_id", sa.BigInteger()))
    op.add_column("clip_jobs", sa.Column("lender_name", sa.Text()))
    op.add_column("clip_jobs", sa.Column("permit_id", sa.String(32)))
