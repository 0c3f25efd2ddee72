"""Every sentence we say, as pure functions of state or error."""

from .cards import Button, Card, Menu, Tone

__all__ = ["Button", "Card", "Menu", "Tone"]
