"""Makes a video that is too large for Discord fit, in a process of its own, and says how long a video is."""

from .duration import seconds_of
from .shrinker import PyAvShrinker, installed

__all__ = ["PyAvShrinker", "installed", "seconds_of"]
