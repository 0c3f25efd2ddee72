"""Discord in: the client, its slash commands, autocomplete and buttons."""

# pyright: reportUnknownVariableType=false, reportUnknownMemberType=false
# discord.py leaves the group of a command that belongs to none untyped.

from .arming import SwitchButton, arm, disarm, motion
from .cameras import CameraButton, TurnButton, cameras
from .client import ClipBot, Command, Identifies, IdentifiesSpent, Item
from .clip import Again, Pick, Remove, Snap, StopDms, clip, snapshot
from .grant import ChooseGrant, Revoke, TurnLog, grant
from .grant_refusals import Allow, AllowOne
from .info import account, show_help
from .link import AccountButton, link, unlink
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
from .recordings import Choose, Delete, clips
from .services import Access, Services

COMMANDS: tuple[Command, ...] = (
    clip,
    snapshot,
    clips,
    cameras,
    arm,
    disarm,
    motion,
    grant,
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
    StopDms,
    Choose,
    Delete,
    AccountButton,
    SwitchButton,
    Revoke,
    ChooseGrant,
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
