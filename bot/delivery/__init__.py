"""Discord out: makes Discord show a clip job, with or without the command that began it."""

from .display import DiscordDisplay
from .line import Line
from .pace import Pace

__all__ = ["DiscordDisplay", "Line", "Pace"]
