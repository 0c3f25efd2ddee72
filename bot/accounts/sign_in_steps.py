"""The steps of a sign-in behind a one-time link: how each can turn out, and how many may fail."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from bot.blink import CodeWanted, Denied, Inventory, SignedIn

LIFE = timedelta(minutes=10)  # of a one-time link, and of a sign-in that waits for its code

_MOST_OF_PERSON = 5
_MOST_FROM_ADDRESS = 15
_MOST_IN_ALL = 100


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


class Tries:
    """Counts failed tries for as long as a link lives, so that nobody guesses through this bot.

    An address is None if visitors cannot be told apart by theirs. Once there are too many in all, each person has one
    try instead of several: a crowd that guesses gets little, and nobody else is kept out.
    """

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._failed: dict[int | str, list[datetime]] = {}  # by person, and by address
        self._all: list[datetime] = []

    def begin(self, user_id: int, address: str | None) -> bool:
        """Say whether there may be one more try, which counts for its person from now on, until it is taken back."""
        since = self._now() - LIFE
        self._all = [moment for moment in self._all if moment >= since]
        kept = {key: [moment for moment in moments if moment >= since] for key, moments in self._failed.items()}
        self._failed = {key: moments for key, moments in kept.items() if moments}
        most = _MOST_OF_PERSON if len(self._all) < _MOST_IN_ALL else 1
        if len(self._failed.get(user_id, ())) >= most:
            return False
        if address is not None and len(self._failed.get(address, ())) >= _MOST_FROM_ADDRESS:
            return False
        self._failed.setdefault(user_id, []).append(self._now())
        return True

    def take_back(self, user_id: int) -> None:
        """Forget the last try of a person, which has not failed."""
        if moments := self._failed.get(user_id):
            moments.pop()

    def refused(self, address: str | None) -> None:
        """Count a refusal for its address and in all; not before, since neighbours may well try side by side."""
        self._all.append(self._now())
        if address is not None:
            self._failed.setdefault(address, []).append(self._now())
