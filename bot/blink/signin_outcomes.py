"""How a step of a sign-in can end, as the page and the shell say it."""

from dataclasses import dataclass
from enum import StrEnum

from .models import Tokens
from .oauth import Home


class Denial(StrEnum):
    """Why a sign-in did not go on; every one has its own sentence on the page."""

    WRONG_PASSWORD = "wrong password"  # noqa: S105 - a reason, not a password
    WRONG_CODE = "wrong code"  # it may be typed again
    CODE_EXPIRED = "code expired"  # a new one must be asked for
    START_AGAIN = "start again"  # the attempt is not known any more, or has lost its cookies
    LOCKED = "locked"  # too many attempts: Blink takes no sign-in for a while, which it does not always name
    BLOCKED = "blocked"  # 406: Blink refuses this client
    UNREACHABLE = "unreachable"
    NOT_UNDERSTOOD = "not understood"


@dataclass(frozen=True, slots=True)
class Denied:
    """Blink did not let the person in; `status` is its HTTP status, `wait` the seconds it wants nobody to try again."""

    why: Denial
    status: int | None = None
    wait: int | None = None


@dataclass(frozen=True, slots=True)
class CodeWanted:
    """Blink has sent a code by `method` to `destination` (masked), as far as it said."""

    method: str | None = None
    destination: str | None = None


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The person is in: tokens to save, and where the account lives."""

    tokens: Tokens
    home: Home | None
