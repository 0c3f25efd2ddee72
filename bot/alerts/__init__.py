"""Alerts: the bot tells people what their cameras record."""

from .camera_health import HealthWatch
from .outbox import Outbox
from .poller import FeedPoller, FeedReader
from .sending import AlertDelivery, Fetcher, Unreachable
from .subscriptions import AlertPermissions, AlertSubscriptions, Unsure
from .timing import Timing

__all__ = [
    "AlertDelivery",
    "AlertPermissions",
    "AlertSubscriptions",
    "FeedPoller",
    "FeedReader",
    "Fetcher",
    "HealthWatch",
    "Outbox",
    "Timing",
    "Unreachable",
    "Unsure",
]
