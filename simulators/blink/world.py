"""The simulated Blink's whole state, without HTTP."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from .account import Account, SentCode, TwoFactor
from .cloud import Cloud
from .live.sessions import LiveSessions
from .networks import Network
from .signin_state import Attempts

DEFAULT_PASSWORD = "Sim&pass word+1"


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
