"""Alerts: the bot tells people what their cameras record."""

from .camera_health import HealthTeller, HealthWatch
from .feed_reader import FeedReader
from .outbox import Outbox
from .permissions import AlertPermissions, Leave, Unsure
from .poller import FeedPoller
from .sending import AlertDelivery, Fetcher, Teller, Unreachable
from .subscriptions import AlertSubscriptions
from .timing import Timing

__all__ = [
    "AlertDelivery",
    "AlertPermissions",
    "AlertSubscriptions",
    "FeedPoller",
    "FeedReader",
    "Fetcher",
    "HealthTeller",
    "HealthWatch",
    "Leave",
    "Outbox",
    "Teller",
    "Timing",
    "Unreachable",
    "Unsure",
]
