"""Sign-ins under way: how far each browser's session has come."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field

from .account import Account, SentCode
from .tokens import OAuthClient


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
class Attempts:
    """Every sign-in under way, by its cookie and then by its authorization code."""

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

    def authorize(self, attempt: Attempt, dead_at: float) -> str:
        """Return an authorization code for a session that has passed."""
        authorization = secrets.token_urlsafe(24)
        self._authorizations[authorization] = (attempt, dead_at)
        return authorization

    def redeem(self, authorization: str, now: float) -> Attempt | None:
        """Use an authorization code up, and return its sign-in if it was in force."""
        attempt, dead_at = self._authorizations.pop(authorization, (None, 0.0))
        return attempt if dead_at > now else None

    def forget(self) -> None:
        """End every session, as if it had lasted too long."""
        self._attempts.clear()
