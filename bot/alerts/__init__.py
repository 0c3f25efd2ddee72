"""Alerts: the bot tells people what their cameras record."""

from .camera_health import HealthWatch
from .outbox import Outbox
from .poller import FeedPoller, FeedReader
from .sending import AlertDelivery, Fetcher, NoDirectMessages
from .subscriptions import AlertPermissions, AlertSubscriptions, Unsure
from .timing import AlertTiming

__all__ = [
    "AlertDelivery",
    "AlertPermissions",
    "AlertSubscriptions",
    "AlertTiming",
    "FeedPoller",
    "FeedReader",
    "Fetcher",
    "HealthWatch",
    "NoDirectMessages",
    "Outbox",
    "Unsure",
]
