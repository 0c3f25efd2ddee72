"""Every sentence we say, as pure functions of state or error."""

from . import account, arming, clip, failures, link, recent
from .cards import ACCOUNT, AGAIN, CHOOSE, DELETE, PICK, REMOVE, SNAP, STOP_DMS, SWITCH, Button, Card, Menu, Tone

__all__ = [
    "ACCOUNT",
    "AGAIN",
    "CHOOSE",
    "DELETE",
    "PICK",
    "REMOVE",
    "SNAP",
    "STOP_DMS",
    "SWITCH",
    "Button",
    "Card",
    "Menu",
    "Tone",
    "account",
    "arming",
    "clip",
    "failures",
    "link",
    "recent",
]
