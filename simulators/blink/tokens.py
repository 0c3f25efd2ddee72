"""Tokens as Blink gives them out, and what it remembers of each."""

from __future__ import annotations

import base64
import json
import secrets
from dataclasses import dataclass
from typing import Literal

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


def jwt(claims: dict[str, str]) -> str:
    """Return a token shaped like Blink's; its signature is chance."""

    def part(value: object) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")

    head, payload = part({"alg": "HS256", "typ": "JWT"}), part({**claims, "jti": secrets.token_hex(8)})
    return f"{head}.{payload}.{secrets.token_urlsafe(32)}"
