"""Keeping a sign-in alive: exchanging a refresh token, and finding the region an account lives in."""

import asyncio
import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from . import routes
from .errors import NotUnderstood, Refused, SignedOut
from .models import Tokens
from .transport import Request, Transport
from .wire import TierAnswer, TokenAnswer

_AGENT = "Blink"
_OTHER = {"android": "ios", "ios": "android"}
_BLOCKED = 406  # without an own hardware_id some clients are refused: blinkpy issue 1266, pull request 1268
_SECOND_LOOK = 1.0


@dataclass(frozen=True, slots=True)
class Grant:
    """A refresh token with the OAuth client that got it, and the hardware id to show where one is kept."""

    refresh: str = field(repr=False)
    oauth_client: str = "android"
    hardware_id: str | None = None


async def refresh(transport: Transport, grant: Grant, *, now: Callable[[], datetime]) -> Tokens:
    """Exchange `grant` for new tokens, which the caller must save before using them.

    Raises SignedOut with `final` on `invalid_grant` or on two 401s that name no OAuth error; any other BlinkError
    means that the old token is to be tried again later.
    """
    try:
        return await _exchange(transport, grant, now=now)
    except SignedOut as refused:
        if refused.final:
            raise
        if not _wrong_client(refused.reason):
            return await _again(transport, grant, now=now)
    except Refused as refused:
        if refused.status == _BLOCKED and grant.hardware_id is None:
            return await _exchange(transport, replace(grant, hardware_id=str(uuid.uuid4())), now=now)
        if not _wrong_client(refused.message):
            raise
    return await _exchange(transport, _other_client(grant), now=now)


def _wrong_client(said: str) -> bool:
    """Say whether Blink dislikes the OAuth client: `invalid_client`, "client is not authorized" and the like."""
    return "client" in said.lower()


async def _again(transport: Transport, grant: Grant, *, now: Callable[[], datetime]) -> Tokens:
    await asyncio.sleep(_SECOND_LOOK)
    try:
        return await _exchange(transport, grant, now=now)
    except SignedOut as refused:
        raise SignedOut(refused.reason, final=True) from None


def _other_client(grant: Grant) -> Grant:
    return replace(grant, oauth_client=_OTHER[grant.oauth_client], hardware_id=grant.hardware_id or str(uuid.uuid4()))


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
    token = answer.read(TokenAnswer)
    return Tokens(
        access=token.access_token,
        refresh=token.refresh_token or grant.refresh,
        expires_at=asked_at + timedelta(seconds=token.expires_in),
        oauth_client=grant.oauth_client,
        hardware_id=grant.hardware_id,
    )


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
        raise NotUnderstood("the region")
    return Home(found.tier, found.account_id)


def is_tier(text: str) -> bool:
    """Say whether `text` can be a region's name, and so part of a host that we send tokens to."""
    return re.fullmatch(r"[a-z][a-z0-9]{1,15}", text, re.ASCII) is not None
