"""What this room needs from the database; `bot.store` provides it."""

from datetime import datetime
from typing import Protocol

from bot.blink import Region, Tokens

from .models import Account, Person


class AccountStore(Protocol):
    """Linked accounts, their tokens sealed at rest."""

    async def account(self, user_id: int) -> Account | None:
        """Return the link of a person."""
        ...

    async def accounts(self) -> list[Account]:
        """Return every link, oldest first."""
        ...

    async def try_to_write(self) -> None:
        """Write something without a meaning, before something that would be lost; raises the database's error."""
        ...

    async def link(self, account: Account, *, invitation: str | None = None) -> bool:
        """Save `account` in place of any earlier link of the same person, and use up the invitation with that digest.

        Returns False, and changes nothing, if that invitation was used or is gone.
        """
        ...

    async def unlink(self, user_id: int) -> bool:
        """Delete a person's link and tokens, and say whether there was one."""
        ...

    async def claim_refresh(self, account: Account, *, owner: str, seconds: float) -> bool:
        """Take the right to refresh this link's tokens for `seconds`, unless another owner holds it."""
        ...

    async def save_tokens(self, account: Account, *, owner: str, tokens: Tokens) -> bool:
        """Save what the refresh token of `account` was exchanged for, and give the right back.

        A mark that Blink signed the link out by that same token is cleared. Returns False if the link is gone, or if
        somebody else holds the right and has saved other tokens.
        """
        ...

    async def release_refresh(self, account: Account, *, owner: str) -> None:
        """Give the right back without new tokens."""
        ...

    async def save_region(self, account: Account, region: Region) -> None:
        """Remember in which region the account of this link lives."""
        ...

    async def mark_signed_out(self, account: Account, *, at: datetime) -> bool:
        """Remember that Blink no longer accepts the refresh token of `account`.

        Returns False if that was known, or if the link is gone or has other tokens by now.
        """
        ...

    async def mark_success(self, account: Account, *, at: datetime) -> None:
        """Remember when this link last did its work."""
        ...


class PeopleStore(Protocol):
    """What people chose, and what we learnt about their direct messages."""

    async def person(self, user_id: int) -> Person:
        """Return what is remembered of a person, or the defaults."""
        ...

    async def remember(self, person: Person) -> None:
        """Save `person`."""
        ...

    async def remember_dms(self, person: Person) -> None:
        """Save what was learnt of a linked person's direct messages, and leave their choices as they are by now."""
        ...
