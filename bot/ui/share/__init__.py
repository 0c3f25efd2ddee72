"""`/share` and **Share a camera…**: an owner lets people or roles of a server use some of their cameras."""

# pyright: reportUnknownVariableType=false
# discord.py leaves the group of a command that belongs to none untyped.

from .command import ChooseRights, ChooseStopped, OpenShare, StopSharing, TurnLog, share
from .person import ShareUntil, ShareWhat, share_with
from .refusals import Allow, AllowOne

__all__ = [
    "Allow",
    "AllowOne",
    "ChooseRights",
    "ChooseStopped",
    "OpenShare",
    "ShareUntil",
    "ShareWhat",
    "StopSharing",
    "TurnLog",
    "share",
    "share_with",
]
