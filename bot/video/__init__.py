"""Works on videos in a process of its own, and reads how long a video is.

It shrinks videos that are too large for Discord, and makes an mp4 of a recorded live view.
"""

from .duration import seconds_of
from .supervisor import NotRemuxed, PyAvRemuxer, PyAvShrinker, Remuxed, installed

__all__ = ["NotRemuxed", "PyAvRemuxer", "PyAvShrinker", "Remuxed", "installed", "seconds_of"]
