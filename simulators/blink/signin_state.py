"""Sign-ins under way: what a browser's session has reached, and how Blink answers what goes wrong in one."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from .account import Account
    from .tokens import OAuthClient

TwoFactor = Literal["412", "202"]
CodeMethod = Literal["sms", "whatsapp", "voice", "email"]


@dataclass(frozen=True)
class Says:
    """A status and a JSON body."""

    status: int
    body: Any


def problem(error: str, cause: str, description: str) -> dict[str, str]:
    """The shape of every captured error of the sign-in pages (blinkpy#1217, blinkpy PR#1300)."""
    return {"error": error, "error_cause": cause, "error_description": description}


@dataclass(eq=False)
class SentCode:
    """A two-factor code that Blink sent to the owner; it works once, and only in the sign-in it was sent for."""

    text: str
    method: CodeMethod
    dead_at: float
    used: bool = False


@dataclass(eq=False)
class Attempt:
    """One browser session, from authorize to the authorization code."""

    client: OAuthClient
    challenge: str
    redirect_uri: str
    hardware_id: str
    state: str | None
    csrf: str
    dead_at: float
    account: Account | None = None  # once the password was right
    code: SentCode | None = None  # None: no code is wanted
    passed: bool = False  # the password was right and so was the code, if one was wanted


@dataclass(eq=False)
class SignIns:
    """Every sign-in under way, and the manners of Blink's sign-in that tests change.

    Only `wrong_password` and `no_session` are captures; the other bodies and statuses are modelled on them, so a
    test should try more than one. Every time is in seconds.
    """

    wrong_password: Says = Says(401, problem("unauthorized", "invalid_user_credentials", "Invalid user credentials."))
    no_session: Says = Says(400, problem("bad_request", "empty_cookies", "Empty Cookies."))
    wrong_code: Says = Says(400, problem("bad_request", "invalid_2fa_code", "Invalid verification code."))
    expired_code: Says = Says(400, problem("bad_request", "expired_2fa_code", "Verification code expired."))
    locked: Says = Says(
        429, problem("too_many_requests", "account_locked", "Too many attempts. Try again in 60 minutes.")
    )
    codes_limited: Says = Says(
        429,
        problem("too_many_requests", "2fa_rate_limit_exceeded", "Too many verification codes. Try again later."),
    )
    tries: int | None = 5  # so many wrong passwords and codes in a row lock the account; None: never
    locked_for: float = 3600.0
    codes: int | None = None  # so many codes before the last one was taken limit the account; None: never
    limited_for: float = 600.0  # 600 and 86400 have been seen
    resend_after: int = 60  # the next_time_in_secs of a 202
    code_lives: float = 600.0
    session_lives: float = 1800.0
    authorization_lives: float = 60.0  # from the redirect with the authorization code to its exchange
    _attempts: dict[str, Attempt] = field(default_factory=dict[str, Attempt])
    _authorizations: dict[str, tuple[Attempt, float]] = field(default_factory=dict[str, tuple[Attempt, float]])

    def begin(self, attempt: Attempt, replaces: str | None) -> str:
        """Start a session, ending the one that the browser had, and return its cookie."""
        self._attempts.pop(replaces or "", None)
        # only characters that no jar quotes: aiohttp's would quote / and =, and blinkpy signs in with it as it is
        cookie = f"{secrets.token_hex(12)}.{secrets.token_urlsafe(24)}"
        self._attempts[cookie] = attempt
        return cookie

    def attempt(self, cookie: str, now: float) -> Attempt | None:
        """Return the session behind a cookie that is in force."""
        found = self._attempts.get(cookie)
        return found if found and found.dead_at > now else None

    def owner(self, cookie: str | None, authorization: str) -> Account | None:
        """Return the account whose sign-in this cookie or authorization code belongs to."""
        found = self._attempts.get(cookie or "")
        if found is None and authorization in self._authorizations:
            found = self._authorizations[authorization][0]
        return found.account if found else None

    def authorize(self, attempt: Attempt, now: float) -> str:
        """Return an authorization code for a session that has passed."""
        authorization = secrets.token_urlsafe(24)
        self._authorizations[authorization] = (attempt, now + self.authorization_lives)
        return authorization

    def redeem(self, authorization: str, now: float) -> Attempt | None:
        """Use an authorization code up, and return its sign-in if it was in force."""
        attempt, dead_at = self._authorizations.pop(authorization, (None, 0.0))
        return attempt if dead_at > now else None

    def forget(self) -> None:
        """End every session, as if it had lasted too long."""
        self._attempts.clear()
