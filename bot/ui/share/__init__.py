"""`/share` and **Share a camera…**: an owner lets people or roles of a server use some of their cameras."""

# pyright: reportUnknownVariableType=false
# discord.py leaves the group of a command that belongs to none untyped.

from .command import share
from .person import share_with

__all__ = ["share", "share_with"]
