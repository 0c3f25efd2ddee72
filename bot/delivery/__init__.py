"""Discord out: makes Discord show a clip job, or an alert, with or without the command that began it."""

from .alerts import Herald
from .display import DiscordDisplay
from .line import Line
from .pace import Pace
from .standing import Standing

__all__ = ["DiscordDisplay", "Herald", "Line", "Pace", "Standing"]
