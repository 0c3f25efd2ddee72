"""Discord out: makes Discord show a clip job, with or without the command that began it."""

from .display import DiscordDisplay, Pace
from .line import Line

__all__ = ["DiscordDisplay", "Line", "Pace"]
