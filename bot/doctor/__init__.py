"""`python -m bot doctor`: one linked account walked through, and the block about it that can be shown to anybody."""

from .walk import NoSuchCamera, NotLinked, Pace, examined

__all__ = ["NoSuchCamera", "NotLinked", "Pace", "examined"]
