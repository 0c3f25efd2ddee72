"""Protocols that other rooms implement for alerts: whether a guest may get them, and messages in Discord."""

from collections.abc import Collection
from datetime import datetime
from pathlib import Path
from typing import Protocol

from bot.models import CameraKey, Footage, Notice, Watcher


class Unreachable(Exception):
    """This person takes no direct messages."""


class Unsure(Exception):
    """Nobody can find out now whether a person may get alerts of a camera; later it may be known."""


class Leave(Protocol):
    """Knows whether a guest may get alerts of somebody else's camera at this moment."""

    async def may_hear(
        self,
        user_id: int,
        guild_id: int,
        *,
        owner_id: int,
        account_id: int,
        camera: CameraKey,
        moments: Collection[datetime],
    ) -> frozenset[datetime]:
        """Return the moments of which a person may get alerts, by grants to them or to their roles in that server now.

        These are the moments within the hours of a grant. Raises Unsure.
        """
        ...


class Teller(Protocol):
    """Shows alert messages in Discord."""

    async def show(
        self, notice: Notice, watcher: Watcher, footage: Footage, *, video: Path | None, picture: Path | None
    ) -> Notice | None:
        """Send an alert message, or edit the one that is sent already, and return the notice with its message.

        Returns None if Discord does not take it now. Raises Unreachable if this person takes no direct messages.
        """
        ...

    async def find(self, notice: Notice, watcher: Watcher) -> Notice | None:
        """Return a notice with its message from before a restart, or None if there is none."""
        ...
