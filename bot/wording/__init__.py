"""Every sentence we say, as pure functions of state or error."""

from .cards import Card, Tone

__all__ = ["Card", "Tone"]
