"""Makes a video that is too large for Discord fit, in a process of its own, and says how long a video is."""

from .duration import seconds_of
from .shrinker import PyAvShrinker

__all__ = ["PyAvShrinker", "seconds_of"]
