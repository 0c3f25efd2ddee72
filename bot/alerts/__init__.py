"""Alerts: people hear by themselves of what their cameras record."""

from .alerts import Alerts
from .model import OWN, Alert, Channel, Feed, Footage, Notice, Watcher, Wish
from .ports import AlertStore, Commanded, Leave, Teller, Unreachable
from .timing import Timing

__all__ = [
    "OWN",
    "Alert",
    "AlertStore",
    "Alerts",
    "Channel",
    "Commanded",
    "Feed",
    "Footage",
    "Leave",
    "Notice",
    "Teller",
    "Timing",
    "Unreachable",
    "Watcher",
    "Wish",
]
