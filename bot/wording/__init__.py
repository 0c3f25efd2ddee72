"""Every sentence we say, as pure functions of state or error."""

from . import account, clip, failures, link
from .cards import ACCOUNT, AGAIN, PICK, REMOVE, STOP_DMS, Button, Card, Tone

__all__ = [
    "ACCOUNT",
    "AGAIN",
    "PICK",
    "REMOVE",
    "STOP_DMS",
    "Button",
    "Card",
    "Tone",
    "account",
    "clip",
    "failures",
    "link",
]
