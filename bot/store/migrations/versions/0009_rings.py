"""The event of each alert, and whether people hear of motion, of rings or of both."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Add the event; an alert from before is of motion, and a person who has chosen nothing hears of both."""
    op.add_column("alerts", sa.Column("event", sa.String(16)))
    op.add_column("watchers", sa.Column("events", sa.String(16)))
