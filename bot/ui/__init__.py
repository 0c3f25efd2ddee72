"""Discord in: the client, its slash commands, autocomplete and buttons."""

# pyright: reportUnknownVariableType=false, reportUnknownMemberType=false
# discord.py leaves the group of a command that belongs to none untyped.

from .account import AccountButton, account, link, show_help, unlink
from .arming import SwitchButton, arm, disarm, motion
from .cameras import CameraButton, TurnButton, cameras
from .client import ClipBot, Command, Identifies, IdentifiesSpent, Item
from .clip import Again, Pick, Remove, Snap, StopDms, clip, snapshot
from .notify import (
    ByDm,
    ChooseHeard,
    EndPlace,
    HearCamera,
    MuteCamera,
    MuteHour,
    SwitchHealth,
    Unmute,
    notify,
)
from .recordings import Choose, Delete, recordings
from .services import Access, Services
from .share import (
    Allow,
    AllowOne,
    ChooseRights,
    ChooseStopped,
    OpenShare,
    ShareUntil,
    ShareWhat,
    StopSharing,
    TurnLog,
    share,
    share_with,
)
from .share_and_keep import FileButton

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
ITEMS: tuple[Item, ...] = (
    Again,
    Pick,
    Remove,
    Snap,
    FileButton,
    StopDms,
    Choose,
    Delete,
    AccountButton,
    SwitchButton,
    StopSharing,
    ChooseStopped,
    OpenShare,
    ChooseRights,
    ShareWhat,
    ShareUntil,
    TurnLog,
    Allow,
    AllowOne,
    CameraButton,
    TurnButton,
    MuteHour,
    MuteCamera,
    Unmute,
    ByDm,
    ChooseHeard,
    HearCamera,
    SwitchHealth,
    EndPlace,
)

__all__ = ["COMMANDS", "ITEMS", "Access", "ClipBot", "Identifies", "IdentifiesSpent", "Services"]
