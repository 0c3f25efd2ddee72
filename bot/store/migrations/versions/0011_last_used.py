"""The cameras that a person used last, which are offered first while they type: an index for that question."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Add the index."""
    where = sa.text("camera_id IS NOT NULL")
    op.create_index(
        "ix_clip_jobs_used", "clip_jobs", ["user_id", "created_at"], sqlite_where=where, postgresql_where=where
    )
