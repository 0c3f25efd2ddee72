"""What this room needs from others: a database, people's Blink, and somebody who tells them in Discord."""

from collections.abc import Collection
from datetime import datetime
from pathlib import Path
from typing import Protocol

from bot.models import CameraKey, Footage, Notice, Watcher


class Unreachable(Exception):
    """This person takes no direct messages."""


class Unsure(Exception):
    """Whether somebody may hear of a camera cannot be found out now; later it may."""


class Leave(Protocol):
    """Knows whether somebody may hear of somebody else's camera at this moment."""

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
        """Return of which moments a grant lets those hear who are in that server, with the roles they have there now.

        That is those within its hours. Raises Unsure.
        """
        ...


class Teller(Protocol):
    """Tells people in Discord."""

    async def show(
        self, notice: Notice, watcher: Watcher, footage: Footage, *, video: Path | None, picture: Path | None
    ) -> Notice | None:
        """Send a notice, or edit the message that shows it already, and return it with that message.

        None where Discord does not take it for now. Raises Unreachable where its person takes no direct messages.
        """
        ...

    async def find(self, notice: Notice, watcher: Watcher) -> Notice | None:
        """Return a notice with the message that shows it, if there is one from before a restart."""
        ...
