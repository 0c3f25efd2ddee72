"""`python -m bot doctor`: examine one linked account, and write a block about it that anybody may read."""

from .examination import NoSuchCamera, NotLinked, examined
from .trial_clip import Pace

__all__ = ["NoSuchCamera", "NotLinked", "Pace", "examined"]
