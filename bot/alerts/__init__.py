"""Alerts: people hear by themselves of what their cameras record."""

from .alerts import Alerts
from .footage import Fetcher
from .model import OWN, Alert, Channel, Event, Events, Feed, Footage, Notice, Watcher, Wish
from .outbox import Outbox
from .ports import AlertStore, Commanded, FeedStore, Leave, NoticeStore, Teller, Unreachable, Unsure, WishStore
from .reading import Reader
from .telling import Telling
from .timing import Timing
from .wanted import Wanted
from .watch import Watch

__all__ = [
    "OWN",
    "Alert",
    "AlertStore",
    "Alerts",
    "Channel",
    "Commanded",
    "Event",
    "Events",
    "Feed",
    "FeedStore",
    "Fetcher",
    "Footage",
    "Leave",
    "Notice",
    "NoticeStore",
    "Outbox",
    "Reader",
    "Teller",
    "Telling",
    "Timing",
    "Unreachable",
    "Unsure",
    "Wanted",
    "Watch",
    "Watcher",
    "Wish",
    "WishStore",
]
