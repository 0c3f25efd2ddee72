"""Live views: the wished length of a job, its live sessions, and the stage in which one is recorded."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

_NEW = (
    sa.Column("seconds_wished", sa.BigInteger()),
    sa.Column("live_seconds", sa.BigInteger()),
    sa.Column("live_because", sa.String(32)),
    sa.Column("live_starts", sa.BigInteger()),
    sa.Column("live_began_at", sa.DateTime(timezone=True)),
    sa.Column("live_silent", sa.Boolean()),
)


def upgrade() -> None:
    """Add the columns, let a live view hold its network like a clip, and allow one session per account."""
    for column in _NEW:
        op.add_column("clip_jobs", column)
    op.drop_index("uq_clip_jobs_holding", "clip_jobs")
    op.drop_index("uq_clip_jobs_admitted", "clip_jobs")
    _make_index(
        "uq_clip_jobs_holding",
        ["account_id", "network_id"],
        where="stage IN ('asking', 'busy', 'live', 'recording')",
        unique=True,
    )
    _make_index(
        "uq_clip_jobs_admitted",
        ["user_id", "network_id", "camera_id"],
        where="stage IN ('asking', 'busy', 'live', 'looking', 'queued', 'recording')",
        unique=True,
    )
    _make_index(
        "uq_clip_jobs_live",
        ["account_id"],
        where="live_seconds IS NOT NULL AND reason IS NULL AND stage IN ('busy', 'live')",
        unique=True,
    )
    _make_index("ix_clip_jobs_live_view", ["account_id", "recorded_at"], where="live_seconds IS NOT NULL")


def _make_index(name: str, columns: list[str], *, where: str, unique: bool = False) -> None:
    op.create_index(
        name, "clip_jobs", columns, unique=unique, sqlite_where=sa.text(where), postgresql_where=sa.text(where)
    )
