"""Indexes for clean-up, for all that is kept of a person, and for the cameras that they used last."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Add the indexes."""
    op.create_index("ix_clip_jobs_person", "clip_jobs", ["user_id", "created_at", "id"])
    op.create_index("ix_alerts_happened", "alerts", ["happened_at"])
    _make_partial("ix_clip_jobs_lender", "clip_jobs", ["lender_id"], where="lender_id IS NOT NULL")
    _make_partial("ix_clip_jobs_told", "clip_jobs", ["told_at"], where="told_at IS NOT NULL")
    _make_partial("ix_clip_jobs_tokens", "clip_jobs", ["reply_expires_at"], where="reply_token IS NOT NULL")
    _make_partial(
        "ix_clip_jobs_refused",
        "clip_jobs",
        ["user_id", "created_at", "id"],
        where="told_at IS NOT NULL AND asked_at IS NULL AND NOT missed",
    )
    _make_partial("ix_notices_told", "notices", ["told_at"], where="told_at IS NOT NULL")


def _make_partial(name: str, table: str, columns: list[str], *, where: str) -> None:
    op.create_index(name, table, columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))
