"""Rounds: one job takes a picture of every camera of a system, and its unfinished stages are spelt apart."""

from collections.abc import Iterable

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

_HOLDING = ("asking", "busy", "live", "recording")
_ADMITTED = ("asking", "busy", "live", "looking", "queued", "recording")


def upgrade() -> None:
    """Add the column, let a round wait in the queue and hold its network, and find a person's jobs with rounds."""
    op.add_column("clip_jobs", sa.Column("round", sa.Text()))
    op.drop_index("uq_clip_jobs_holding", "clip_jobs")
    op.drop_index("ix_clip_jobs_queue", "clip_jobs")
    _make_index("uq_clip_jobs_holding", ["account_id", "network_id"], stages=_HOLDING, unique=True)
    _make_index("ix_clip_jobs_queue", ["account_id", "network_id", "created_at", "id"], stages=["queued"])
    _make_index("ix_clip_jobs_admitted", ["user_id"], stages=_ADMITTED)


def _make_index(name: str, columns: list[str], *, stages: Iterable[str], unique: bool = False) -> None:
    spelt = [*stages, *(f"round {stage}" for stage in stages)]
    where = "stage IN ({})".format(", ".join(f"'{stage}'" for stage in spelt))
    op.create_index(
        name, "clip_jobs", columns, unique=unique, sqlite_where=sa.text(where), postgresql_where=sa.text(where)
    )
