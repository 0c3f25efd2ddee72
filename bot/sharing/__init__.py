"""Shares: what owners of Blink accounts let others of a Discord server do with their cameras."""

from .shares import MOST_AN_HOUR, MOST_GIVEN, MOST_REFUSED, Shares

__all__ = [
    "MOST_AN_HOUR",
    "MOST_GIVEN",
    "MOST_REFUSED",
    "Shares",
]
