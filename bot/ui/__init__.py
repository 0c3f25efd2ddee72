"""Discord in: the client, its slash commands, autocomplete and buttons."""

# pyright: reportUnknownVariableType=false, reportUnknownMemberType=false
# discord.py leaves the group of a command that belongs to none untyped.

from . import alert_buttons as alert_buttons  # registers them
from . import share_here_and_keep as share_here_and_keep  # registers its buttons
from .account import account, link, show_help, unlink
from .arming import arm, disarm, motion
from .cameras import cameras
from .client import ClipBot, Command, Identifies, IdentifiesSpent
from .clip import clip, snapshot
from .interaction import Access, Services
from .new_share import share_with
from .notify import notify
from .recordings import recordings
from .share import share

COMMANDS: tuple[Command, ...] = (
    clip,
    snapshot,
    recordings,
    cameras,
    arm,
    disarm,
    motion,
    share,
    share_with,
    show_help,
    account,
    notify,
    link,
    unlink,
)

__all__ = ["COMMANDS", "Access", "ClipBot", "Identifies", "IdentifiesSpent", "Services"]
