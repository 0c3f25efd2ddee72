"""Shrinks videos that are too large for Discord, in a process of its own, and reads how long a video is."""

from .duration import seconds_of
from .shrinker import PyAvShrinker, installed

__all__ = ["PyAvShrinker", "installed", "seconds_of"]
