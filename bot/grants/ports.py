"""What this room needs from the database; `bot.store` provides it."""

from collections.abc import Collection
from datetime import datetime
from typing import Protocol

from .model import Grant, Guest, Refusal, Use


class GrantStore(Protocol):
    """Grants, and who used them."""

    async def give(self, grant: Grant, *, most: int) -> Grant | None:
        """Save a grant, or change the one of the same owner, place, grantee and scope; None where they have `most`."""
        ...

    async def grant(self, grant_id: str) -> Grant | None:
        """Return one grant."""
        ...

    async def these(self, grant_ids: Collection[str]) -> list[Grant]:
        """Return those of these grants that are there, oldest first."""
        ...

    async def given_to(self, guest: Guest) -> list[Grant]:
        """Return what was given to somebody, or to a role of theirs, in the server they are in; oldest first."""
        ...

    async def given_by(self, owner_id: int) -> list[Grant]:
        """Return what an owner has given, oldest first."""
        ...

    async def given_in(self, guild_id: int) -> list[Grant]:
        """Return what anybody has given in a server, oldest first."""
        ...

    async def revoke(self, grant_id: str) -> bool:
        """Delete a grant, and say whether it was there."""
        ...

    async def use(self, grant: Grant, use: Use) -> bool:
        """Write a use down, and say whether it is this person's first of this grant; no, where that is gone."""
        ...

    async def uses(self, owner_id: int, *, since: datetime, most: int, skip: int = 0) -> list[Use]:
        """Return how an owner's grants were used, the newest first, equal uses of a day as one."""
        ...

    async def refuse(self, refusal: Refusal, *, most: int) -> bool:
        """Save a refusal, and end what was given to that person and what they hear of it.

        False if they refuse `most` others already, or there is no such grant to leave.
        """
        ...

    async def allow(self, user_id: int, owner_id: int) -> bool:
        """Forget that somebody refuses an owner's grants, or has left some, and say whether they did."""
        ...

    async def refusals(self, user_id: int) -> list[Refusal]:
        """Return what somebody refuses or has left, oldest first."""
        ...

    async def forget(self, *, used_before: datetime, ended_before: datetime) -> None:
        """Delete uses from before a moment, and grants that ended before another."""
        ...
