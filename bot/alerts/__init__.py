"""Alerts: the bot tells people what their cameras record."""

from .alerts import Alerts
from .footage import Fetcher
from .outbox import Outbox
from .ports import Leave, Teller, Unreachable, Unsure
from .reading import Reader
from .telling import Telling
from .timing import Timing
from .wanted import Wanted
from .watch import Watch

__all__ = [
    "Alerts",
    "Fetcher",
    "Leave",
    "Outbox",
    "Reader",
    "Teller",
    "Telling",
    "Timing",
    "Unreachable",
    "Unsure",
    "Wanted",
    "Watch",
]
