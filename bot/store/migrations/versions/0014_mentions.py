"""An index for the roles that were mentioned lately."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Add the index."""
    where = sa.text("mentioned_at IS NOT NULL")
    op.create_index(
        "ix_notices_mentioned", "notices", ["role_id", "mentioned_at"], sqlite_where=where, postgresql_where=where
    )
