"""Keeping a sign-in alive: exchanging a refresh token, and finding the region an account lives in."""

import asyncio
import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Literal

from . import routes
from .errors import NotUnderstood, Refused, SignedOut
from .models import Tokens
from .request import Request
from .transport import Transport
from .wire import TierAnswer, TokenAnswer

_AGENT = "Blink"
_OTHER = {"android": "ios", "ios": "android"}
_BLOCKED = 406  # without an own hardware_id some clients are refused: blinkpy issue 1266, pull request 1268
_USUAL_LIFETIME = 14_400.0
_SHORTEST_LIFETIME = 120.0  # one that ends sooner is found out by its 401, not by a refresh before every request
_LONGEST_LIFETIME = 30 * 86_400.0


@dataclass(frozen=True, slots=True)
class Grant:
    """A refresh token with the OAuth client that got it, and the hardware id to show where one is kept."""

    refresh: str = field(repr=False)
    oauth_client: str = "android"
    hardware_id: str | None = None


async def refresh(
    transport: Transport, grant: Grant, *, now: Callable[[], datetime], second_look: float = 1.0
) -> Tokens:
    """Exchange `grant` for new tokens, which the caller must save before using them.

    Raises SignedOut with `final` only on `invalid_grant`; any other BlinkError means that the old token is to be tried
    again later. Each of Blink's three known objections is met once: a client it does not like, no hardware_id, and a
    401 without a reason, after `second_look` seconds.
    """
    met: set[str] = set()
    while True:
        try:
            return await _exchange(transport, grant, now=now)
        except (SignedOut, Refused) as refused:
            objection = _objection(refused, grant)
            if objection is None or objection in met:
                raise
            met.add(objection)
        if objection == "client":
            grant = replace(grant, oauth_client=_OTHER[grant.oauth_client])
        elif objection == "hardware_id":
            grant = replace(grant, hardware_id=str(uuid.uuid4()))
        else:
            await asyncio.sleep(second_look)


def _objection(refused: SignedOut | Refused, grant: Grant) -> Literal["client", "hardware_id", "no reason"] | None:
    """Return what Blink dislikes, if it is something that can be met."""
    if isinstance(refused, SignedOut) and refused.final:
        return None
    said = f"{refused.error} {refused}".lower()
    if "invalid_client" in said or "unauthorized_client" in said or ("client" in said and "not authorized" in said):
        return "client"
    if isinstance(refused, Refused):
        return "hardware_id" if refused.status == _BLOCKED and grant.hardware_id is None else None
    return None if refused.error else "no reason"


async def _exchange(transport: Transport, grant: Grant, *, now: Callable[[], datetime]) -> Tokens:
    form = {
        "grant_type": "refresh_token",
        "refresh_token": grant.refresh,
        "client_id": grant.oauth_client,
        "scope": "client",
    }
    if grant.hardware_id:
        form["hardware_id"] = grant.hardware_id
    asked_at = now()
    answer = await transport.request(
        Request("the sign-in", "POST", routes.OAUTH_HOST, routes.TOKEN, form=form, agent=_AGENT)
    )
    said = answer.read(TokenAnswer)
    access = said.access_token or said.token
    if access is None:
        raise NotUnderstood(answer.what)
    return Tokens(
        access=access,
        refresh=said.refresh_token or grant.refresh,
        expires_at=asked_at + lifetime(said.expires_in),
        oauth_client=grant.oauth_client,
        hardware_id=grant.hardware_id,
        account_id=said.account_id,
    )


def lifetime(seconds: float | None) -> timedelta:
    """Return how long an access token is taken to be good, whatever Blink says of it."""
    return timedelta(seconds=min(max(seconds or _USUAL_LIFETIME, _SHORTEST_LIFETIME), _LONGEST_LIFETIME))


@dataclass(frozen=True, slots=True)
class Home:
    """Where an account lives: its region and its number."""

    tier: str
    account_id: int


async def find_home(transport: Transport, access: str) -> Home:
    """Ask Blink in which region the account of this access token lives."""
    answer = await transport.request(Request("the region", "GET", routes.FIRST_HOST, routes.TIER, bearer=access))
    found = answer.read(TierAnswer)
    if not is_tier(found.tier):
        raise NotUnderstood(answer.what)
    return Home(found.tier, found.account_id)


def is_tier(text: str) -> bool:
    """Say whether `text` can be a region's name, and so part of a host that we send tokens to."""
    return re.fullmatch(r"[a-z][a-z0-9]{1,15}", text, re.ASCII) is not None
