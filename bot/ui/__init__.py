"""Discord in: the client, its slash commands, autocomplete and buttons."""

# pyright: reportUnknownVariableType=false, reportUnknownMemberType=false
# discord.py leaves the group of a command that belongs to none untyped.

from .buttons import Again, Pick, Remove, StopDms
from .client import ClipBot, Command, Item, MetaStore, Rooms
from .clip import clip
from .identifies import Identifies, IdentifiesSpent
from .info import account, cameras, notify
from .link import AccountButton, link, unlink

COMMANDS: tuple[Command, ...] = (clip, cameras, account, notify, link, unlink)
ITEMS: tuple[Item, ...] = (Again, Pick, Remove, StopDms, AccountButton)

__all__ = ["COMMANDS", "ITEMS", "ClipBot", "Identifies", "IdentifiesSpent", "MetaStore", "Rooms"]
