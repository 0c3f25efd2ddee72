"""Every sentence we say, as pure functions of state or error."""

from . import account, clip, failures
from .cards import AGAIN, PICK, REMOVE, STOP_DMS, Button, Card, Tone

__all__ = ["AGAIN", "PICK", "REMOVE", "STOP_DMS", "Button", "Card", "Tone", "account", "clip", "failures"]
