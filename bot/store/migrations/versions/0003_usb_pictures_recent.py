"""Clips on USB drives, pictures, recordings chosen from a list, and ends that could be shown nowhere."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

_NEW = (
    sa.Column("reason", sa.String(32)),
    sa.Column("video_likely", sa.Boolean()),
    sa.Column("battery", sa.Text()),
    sa.Column("temperature", sa.Float(53)),
    sa.Column("wifi", sa.Float(53)),
    sa.Column("usb_name", sa.Text()),
    sa.Column("usb_at", sa.DateTime(timezone=True)),
    sa.Column("picture_before", sa.Text()),
    sa.Column("seconds", sa.Float(53)),
    sa.Column("shrunk_from", sa.BigInteger()),
    sa.Column("not_shrunk", sa.String(32)),
)


def upgrade() -> None:
    """Add the columns; jobs from before are clips, of which videos were likely."""
    for column in _NEW:
        op.add_column("clip_jobs", column)
    op.add_column("clip_jobs", sa.Column("kind", sa.String(32), nullable=False, server_default="clip"))
    for name in ("pictured", "missed"):
        op.add_column("clip_jobs", sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.false()))
    op.execute(sa.text("UPDATE clip_jobs SET video_likely = TRUE WHERE account_id IS NOT NULL"))
    _make_index(
        "uq_clip_jobs_usb",
        ["account_id", "network_id", "usb_name", "usb_at"],
        where="usb_at IS NOT NULL AND kind = 'clip'",
        unique=True,
    )
    _make_index("ix_clip_jobs_missed", ["user_id"], where="missed")


def _make_index(name: str, columns: list[str], *, where: str, unique: bool = False) -> None:
    op.create_index(
        name, "clip_jobs", columns, unique=unique, sqlite_where=sa.text(where), postgresql_where=sa.text(where)
    )
