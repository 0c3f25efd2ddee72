"""The steps of a sign-in behind a one-time link, and how each can turn out."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from bot.blink import CodeWanted, Denied, Inventory, SignedIn


@dataclass(frozen=True, slots=True)
class Origin:
    """The reply in Discord that gave a link out: its address, and the function to call once the account is linked."""

    url: str
    linked: Callable[[Inventory | None], None]


class SignIn(Protocol):
    """One attempt to sign in, with its own cookies, in memory only."""

    async def password(self, username: str, password: str) -> SignedIn | CodeWanted | Denied:
        """Show Blink the e-mail address and the password."""
        ...

    async def code(self, code: str) -> SignedIn | Denied:
        """Show Blink the code that it sent."""
        ...

    async def close(self) -> None:
        """Forget everything about the attempt."""
        ...


class Hurdle(StrEnum):
    """Why the bot, not Blink, stops a sign-in."""

    LINK_GONE = "link gone"  # unknown, expired or used
    NOT_SAVED = "not saved"  # the database takes no writes
    TOO_MANY = "too many"  # failed tries of this person, from this address, or in all
    START_AGAIN = "start again"  # the attempt is not known any more: a restart, another tab, ten minutes


@dataclass(frozen=True, slots=True)
class Stopped:
    """The sign-in cannot go on here."""

    why: Hurdle


@dataclass(frozen=True, slots=True)
class CodeAsked:
    """Blink wants a code; `attempt` is what the form sends back with it."""

    attempt: str
    wanted: CodeWanted


@dataclass(frozen=True, slots=True)
class Linked:
    """The account is linked; `inventory` is None if Blink did not list the cameras yet.

    `back` is the address in Discord that the link came from, None if this process did not give it out.
    """

    inventory: Inventory | None
    back: str | None = None


Step = Linked | CodeAsked | Denied | Stopped
