"""A Blink account: its networks, its two-factor codes and its tokens."""

from __future__ import annotations

import base64
import json
import math
import secrets
import time
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import quote

from .networks import Camera, Network, Storage, Subscriber

TwoFactor = Literal["412", "202"]
CodeMethod = Literal["sms", "whatsapp", "voice", "email"]
OAuthClient = Literal["android", "ios"]
CLIENTS: tuple[OAuthClient, ...] = ("android", "ios")


@dataclass(frozen=True)
class Tokens:
    """The tokens that a sign-in or refresh gives out; without `refresh` the old one stays in force."""

    access: str
    refresh: str | None
    expires_in: float


@dataclass
class Grant:
    """A refresh token that was given out, its OAuth client, its numeric client, and when it stops working."""

    client: OAuthClient
    number: int
    dead_at: float | None = None


@dataclass
class Access:
    """An access token that was given out, its numeric client, and when it stops working."""

    number: int
    dead_at: float


@dataclass(eq=False)
class SentCode:
    """A two-factor code that Blink sent to the owner; it works once, and only in the sign-in it was sent for."""

    text: str
    method: CodeMethod
    dead_at: float
    used: bool = False


@dataclass(eq=False)
class Account(Subscriber):
    """One household at Blink.

    Its owner signs in with e-mail, password and, by `two_factor`, a code that is sent by `code_method`: "202" is how
    Blink asks for one since June 2026, "412" how it did before, None is an account without. `code` is what was sent.
    """

    email: str
    password: str
    tier: str
    user_id: int
    client_number: int  # the owner's phone's numeric client_id: the Client-Id header, never an OAuth client
    networks: list[Network] = field(default_factory=list[Network])
    two_factor: TwoFactor | None = "202"
    code_method: CodeMethod = "sms"
    phone: str = "+49xxxxxxxx17"  # masked as in blinkpy PR#1229
    codes: list[SentCode] = field(default_factory=list[SentCode])
    failures: int = 0  # wrong passwords and codes since the last sign-in or lock
    _locked_until: float = 0.0
    _limited_until: float = 0.0
    _untaken: int = 0  # codes sent since the last one that was taken
    _clients: dict[str, int] = field(default_factory=dict[str, int])
    _access: dict[str, Access] = field(default_factory=dict[str, Access])
    _refresh: dict[str, Grant] = field(default_factory=dict[str, Grant])

    def add_network(self, name: str, *, usb: Storage | None = None, armed: bool = False) -> Network:
        """Add a network with its Sync Module; `usb` is the state of the stick in it."""
        network = Network(self.cloud.new_id("network"), self.cloud.new_id("sync"), self, name, usb, armed)
        self.networks.append(network)
        return network

    @property
    def cameras(self) -> list[Camera]:
        """Every camera of every network."""
        return [camera for network in self.networks for camera in network.cameras]

    @property
    def code(self) -> str | None:
        """The newest two-factor code that was sent, as the owner reads it."""
        return self.codes[-1].text if self.codes else None

    def new_code(self) -> SentCode:
        """Make a new code for the owner, unlike the last one."""
        self._untaken += 1
        number = (int(self.code or 0) + 1 + secrets.randbelow(10**6 - 1)) % 10**6
        dead_at = self.cloud.clock() + self.cloud.sign_ins.code_lives
        code = SentCode(f"{number:06d}", self.code_method, dead_at)
        self.codes.append(code)
        return code

    def expire_codes(self) -> None:
        """Make every code sent so far too old."""
        for code in self.codes:
            code.dead_at = 0.0

    @property
    def limited_for(self) -> int:
        """For how many seconds Blink sends and takes no code; 0 if it does."""
        return max(0, math.ceil(self._limited_until - self.cloud.clock()))

    def limit_codes(self, seconds: float | None = None) -> None:
        """Send and take no code from now on, for as long as Blink does unless a time is given."""
        self._untaken = 0
        self._limited_until = self.cloud.clock() + (self.cloud.sign_ins.limited_for if seconds is None else seconds)

    @property
    def too_many_codes(self) -> bool:
        """Whether one more code would be too many."""
        most = self.cloud.sign_ins.codes
        return most is not None and self._untaken >= most

    @property
    def locked(self) -> bool:
        """Whether sign-ins are refused for a while, even with the right password."""
        return self.cloud.clock() < self._locked_until

    def lock(self, seconds: float | None = None) -> None:
        """Refuse sign-ins from now on, for as long as Blink does unless a time is given."""
        self.failures = 0
        self._locked_until = self.cloud.clock() + (self.cloud.sign_ins.locked_for if seconds is None else seconds)

    def unlock(self) -> None:
        """Take sign-ins again and forget the failed ones."""
        self._locked_until, self.failures, self._untaken = 0.0, 0, 0

    def sign_in(self, client: OAuthClient = "android", *, hardware_id: str | None = None) -> Tokens:
        """Give out a fresh pair of tokens, as a finished sign-in does; without hardware_id to the owner's phone."""
        if hardware_id is None:
            return self._issue(client, self.client_number)
        if hardware_id not in self._clients:
            self._clients[hardware_id] = self.cloud.new_id("client")
        return self._issue(client, self._clients[hardware_id])

    def client_of(self, token: str) -> int:
        """Return the numeric client that an access token was given out to."""
        return self._access[token].number

    def blink_tokens(self, client: OAuthClient = "android", *, raw_plus: bool = False) -> str:
        """Sign in and return the value of BLINK_TOKENS (hunsalz/BlinkMonitorProtocol, AUTHENTICATION.md).

        `raw_plus` leaves a plus sign as it is, which a percent-encoding may.
        """
        tokens = self.sign_in(client)
        values = {
            "username": self.email,
            "password": self.password,
            "uid": f"BlinkCamera_{secrets.token_hex(4)}-{secrets.token_hex(2)}-{secrets.token_hex(6)}",
            "device_id": "Blinkpy",
            "token": tokens.access,
            "expires_in": str(int(tokens.expires_in)),
            "expiration_date": str(time.time() + tokens.expires_in),
            "refresh_token": tokens.refresh or "",
            "host": f"{self.tier}.immedia-semi.com",
            "region_id": self.tier,
            "client_id": str(self.client_number),
            "account_id": str(self.id),
            "user_id": str(self.user_id),
            "2fa_code": "",
        }
        return "|".join(f"{key}={quote(value, safe='+' if raw_plus else '')}" for key, value in values.items())

    def gave_out(self, token: str) -> bool:
        """Whether this access or refresh token was ever this account's."""
        return token in self._access or token in self._refresh

    def lets_in(self, access: str) -> bool:
        """Whether an access token is in force."""
        found = self._access.get(access)
        return found is not None and found.dead_at > self.cloud.clock()

    def grant(self, refresh: str) -> Grant | None:
        """Return the grant behind a refresh token that works."""
        grant = self._refresh.get(refresh)
        if grant is None or (grant.dead_at is not None and grant.dead_at <= self.cloud.clock()):
            return None
        return grant

    def refresh(self, refresh: str, client: OAuthClient) -> Tokens:
        """Exchange a working refresh token, which then dies as `cloud.rotation` says."""
        grant = self._refresh[refresh]
        if self.cloud.rotation != "new":
            access = self._new_access(grant.number)
            return Tokens(access, refresh if self.cloud.rotation == "same" else None, self.cloud.expires_in)
        if grant.dead_at is None:
            grant.dead_at = self.cloud.clock() + self.cloud.rotation_grace
        return self._issue(client, grant.number)

    def expire_access_tokens(self) -> None:
        """Make every access token given out so far expire now."""
        for access in self._access.values():
            access.dead_at = 0.0

    def revoke_refresh(self) -> None:
        """Make every refresh token given out so far useless."""
        for grant in self._refresh.values():
            grant.dead_at = 0.0

    def sign_out(self) -> None:
        """End every session, as when the owner changes the password."""
        self.expire_access_tokens()
        self.revoke_refresh()

    def sign_out_client(self, number: int) -> None:
        """End the sessions of one numeric client and leave the others."""
        for token in (*self._access.values(), *self._refresh.values()):
            if token.number == number:
                token.dead_at = 0.0

    def _issue(self, client: OAuthClient, number: int) -> Tokens:
        refresh = _jwt({"sub": str(self.user_id), "use": "refresh"}) + "+/="
        self._refresh[refresh] = Grant(client, number)
        return Tokens(self._new_access(number), refresh, self.cloud.expires_in)

    def _new_access(self, number: int) -> str:
        access = _jwt({"sub": str(self.user_id), "use": "access"})
        self._access[access] = Access(number, self.cloud.clock() + self.cloud.expires_in)
        return access


def _jwt(claims: dict[str, str]) -> str:
    """Return a token shaped like Blink's; its signature is chance."""

    def part(value: object) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")

    head, payload = part({"alg": "HS256", "typ": "JWT"}), part({**claims, "jti": secrets.token_hex(8)})
    return f"{head}.{payload}.{secrets.token_urlsafe(32)}"
