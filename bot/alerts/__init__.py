"""Alerts: the bot tells people what their cameras record."""

from .alerts import Alerts
from .feed_reader import FeedReader
from .footage import Fetcher
from .outbox import Outbox
from .permissions import AlertPermissions
from .poller import FeedPoller
from .ports import Leave, Teller, Unreachable, Unsure
from .sending import AlertDelivery
from .timing import Timing

__all__ = [
    "AlertDelivery",
    "AlertPermissions",
    "Alerts",
    "FeedPoller",
    "FeedReader",
    "Fetcher",
    "Leave",
    "Outbox",
    "Teller",
    "Timing",
    "Unreachable",
    "Unsure",
]
