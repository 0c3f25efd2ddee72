"""The simulated Blink's whole state, without HTTP."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from .account import Account, OAuthClient, SentCode, TwoFactor
from .cloud import Cloud
from .live.sessions import LiveSessions
from .networks import Network

DEFAULT_PASSWORD = "Sim&pass word+1"


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


@dataclass(eq=False)
class World(Cloud):
    """A Blink with its accounts and the sign-ins under way."""

    on_code: Callable[[Account, SentCode], None] = lambda account, code: None  # a code reaches its owner's phone
    accounts: list[Account] = field(default_factory=list[Account])
    attempts: Attempts = field(default_factory=Attempts)
    live: LiveSessions = field(default_factory=LiveSessions)

    def add_account(
        self,
        *,
        email: str,
        password: str = DEFAULT_PASSWORD,
        tier: str = "e008",
        plan: bool = True,
        two_factor: TwoFactor | None = "202",
    ) -> Account:
        """Add an account; without a plan its recordings give no cloud video.

        `two_factor` is the status by which its sign-in asks for a code, None if it asks for none.
        """
        account = Account(
            id=self.new_id("account"),
            cloud=self,
            email=email,
            password=password,
            tier=tier,
            plan=plan,
            user_id=self.new_id("user"),
            client_number=self.new_id("client"),
            created_at=self.now() - timedelta(days=400),
            two_factor=two_factor,
        )
        self.accounts.append(account)
        return account

    def send_code(self, account: Account) -> SentCode:
        """Send a new two-factor code to an account's owner."""
        code = account.new_code()
        self.on_code(account, code)
        return code

    def account(self, email: str) -> Account | None:
        """Return an account by its e-mail address, in which Blink ignores case."""
        return next((account for account in self.accounts if account.email.lower() == email.strip().lower()), None)

    def owner(self, token: str) -> Account | None:
        """Return the account that a token was given out to, whether or not it still works."""
        return next((account for account in self.accounts if account.gave_out(token)), None)

    def network(self, number: int) -> Network | None:
        """Return a network by its id."""
        return next((one for account in self.accounts for one in account.networks if one.id == number), None)
