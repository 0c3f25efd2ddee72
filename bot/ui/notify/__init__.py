"""`/notify`: a person chooses what comes to them by itself, where, and at which hours it does not."""

# pyright: reportUnknownVariableType=false
# discord.py leaves the group of a command that belongs to none untyped.

from . import buttons as buttons  # registers them
from .command import notify

__all__ = ["notify"]
