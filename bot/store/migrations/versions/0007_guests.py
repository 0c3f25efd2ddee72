"""Counts of equal uses of a camera, and the owners whose grants people refuse."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Count each use from before as one; nobody refuses anything yet."""
    op.add_column("grant_uses", sa.Column("times", sa.BigInteger(), nullable=False, server_default=sa.text("1")))
    op.add_column("grant_uses", sa.Column("began_at", sa.DateTime(timezone=True)))
    op.create_table(
        "grant_refusals",
        sa.Column("owner_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("user_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("grant_id", sa.String(32), nullable=False),
        sa.Column("owner_name", sa.Text(), nullable=False),
        sa.Column("refused_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("owner_id", "user_id", "grant_id", name="pk_grant_refusals"),
    )
    op.create_index("ix_grant_refusals_user", "grant_refusals", ["user_id"])
