"""A simulated Blink account: its networks, and the tokens it has given out."""

from __future__ import annotations

import base64
import json
import secrets
import time
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Literal
from urllib.parse import quote

from .devices import Camera, Network, Storage

if TYPE_CHECKING:
    from .world import World

OAuthClient = Literal["android", "ios"]
CLIENTS: tuple[OAuthClient, ...] = ("android", "ios")


@dataclass(frozen=True)
class Tokens:
    """What one sign-in or refresh gives out; without `refresh` the answer leaves the old one in force."""

    access: str
    refresh: str | None
    expires_in: float


@dataclass
class Grant:
    """A refresh token that was given out, the OAuth client it belongs to, and the moment it stops working."""

    client: OAuthClient
    dead_at: float | None = None


@dataclass(eq=False)
class Account:
    """One household at Blink."""

    id: int
    world: World
    email: str
    password: str
    tier: str
    plan: bool
    user_id: int
    client_number: int  # the numeric client_id: the Client-Id header, never an OAuth client
    created_at: datetime
    networks: list[Network] = field(default_factory=list[Network])
    _access: dict[str, float] = field(default_factory=dict[str, float])
    _refresh: dict[str, Grant] = field(default_factory=dict[str, Grant])

    def add_network(self, name: str, *, usb: Storage | None = None, armed: bool = False) -> Network:
        """Add a network with its Sync Module; `usb` is the state of the stick in it."""
        network = Network(self.world.new_id("network"), self.world.new_id("sync"), self, name, usb, armed)
        self.networks.append(network)
        return network

    @property
    def cameras(self) -> list[Camera]:
        """Every camera of every network."""
        return [camera for network in self.networks for camera in network.cameras]

    def sign_in(self, client: OAuthClient = "android") -> Tokens:
        """Give out a fresh pair of tokens, as a finished sign-in does."""
        return self._issue(client)

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
        return self._access.get(access, 0.0) > self.world.clock()

    def grant(self, refresh: str) -> Grant | None:
        """Return the grant behind a refresh token that works."""
        grant = self._refresh.get(refresh)
        if grant is None or (grant.dead_at is not None and grant.dead_at <= self.world.clock()):
            return None
        return grant

    def refresh(self, refresh: str, client: OAuthClient) -> Tokens:
        """Exchange a working refresh token, which then dies as `world.rotation` says."""
        if self.world.rotation != "new":
            access = self._new_access()
            return Tokens(access, refresh if self.world.rotation == "same" else None, self.world.expires_in)
        grant = self._refresh[refresh]
        if grant.dead_at is None:
            grant.dead_at = self.world.clock() + self.world.rotation_grace
        return self._issue(client)

    def expire_access_tokens(self) -> None:
        """Make every access token given out so far expire now."""
        self._access = dict.fromkeys(self._access, 0.0)

    def revoke_refresh(self) -> None:
        """Make every refresh token given out so far useless."""
        for grant in self._refresh.values():
            grant.dead_at = 0.0

    def sign_out(self) -> None:
        """End every session, as when the owner changes the password."""
        self.expire_access_tokens()
        self.revoke_refresh()

    def _issue(self, client: OAuthClient) -> Tokens:
        refresh = _jwt({"sub": str(self.user_id), "use": "refresh"}) + "+/="
        self._refresh[refresh] = Grant(client)
        return Tokens(self._new_access(), refresh, self.world.expires_in)

    def _new_access(self) -> str:
        access = _jwt({"sub": str(self.user_id), "use": "access"})
        self._access[access] = self.world.clock() + self.world.expires_in
        return access


def _jwt(claims: dict[str, str]) -> str:
    """Return a token shaped like Blink's; its signature is chance."""

    def part(value: object) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")

    head, payload = part({"alg": "HS256", "typ": "JWT"}), part({**claims, "jti": secrets.token_hex(8)})
    return f"{head}.{payload}.{secrets.token_urlsafe(32)}"
