"""Alerts: the bot tells people what their cameras record."""

from .camera_health import HealthWatch
from .feed_reader import FeedReader
from .outbox import Outbox
from .permissions import AlertPermissions, ShareChecker, Unsure
from .poller import FeedPoller
from .sending import AlertDelivery, AlertDisplay, Fetcher, Unreachable
from .subscriptions import AlertSubscriptions
from .timing import Timing

__all__ = [
    "AlertDelivery",
    "AlertDisplay",
    "AlertPermissions",
    "AlertSubscriptions",
    "FeedPoller",
    "FeedReader",
    "Fetcher",
    "HealthWatch",
    "Outbox",
    "ShareChecker",
    "Timing",
    "Unreachable",
    "Unsure",
]
