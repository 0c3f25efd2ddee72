"""The process that a job belongs to."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add the lease; a job from before belongs to nobody, and the first process takes it."""
    op.add_column("clip_jobs", sa.Column("owner", sa.String(64)))
    op.add_column("clip_jobs", sa.Column("owned_until", sa.DateTime(timezone=True)))
