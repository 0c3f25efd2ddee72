"""Keep a sign-in alive, and end it: exchange a refresh token, find the region of an account, and sign out."""

import asyncio
import logging
import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Literal

from bot.models import Region, Tokens

from . import routes
from .account_transport import AccountTransport, Bearer
from .errors import BlinkError, NotUnderstood, Refused, SignedOut
from .json_models import TierAnswer, TokenAnswer
from .responses import client_number
from .transport import Request, Transport

_log = logging.getLogger(__name__)

_OTHER_CLIENT = {"android": "ios", "ios": "android"}
_BLOCKED = 406  # Blink refuses some clients without a hardware_id of their own: blinkpy issue 1266, pull request 1268
_USUAL_LIFETIME = 14_400.0
_SHORTEST_LIFETIME = 120.0  # a 401 ends a shorter one; otherwise every request would begin with a refresh
_LONGEST_LIFETIME = 30 * 86_400.0


@dataclass(frozen=True, slots=True)
class RefreshGrant:
    """A refresh token with its OAuth client, and its hardware id if one is kept."""

    refresh: str = field(repr=False)
    oauth_client: str = "android"
    hardware_id: str | None = None


async def refresh(
    transport: Transport, grant: RefreshGrant, *, now: Callable[[], datetime], second_look: float = 1.0
) -> Tokens:
    """Exchange `grant` for new tokens, which the caller must save before use.

    Each of Blink's three known objections is met once: an OAuth client that it does not like, a missing hardware_id,
    and a 401 without a reason, which is tried again after `second_look` seconds.
    Raises a `final` SignedOut on `invalid_grant` only; after any other BlinkError the old token may still work later.
    """
    met: dict[str, BlinkError] = {}
    while True:
        try:
            return await _exchange(transport, grant, now=now)
        except (SignedOut, Refused) as refused:
            if "client" in met and isinstance(refused, SignedOut) and refused.final:
                # Another client's grant is invalid too: https://www.rfc-editor.org/rfc/rfc6749#section-5.2
                raise met["client"] from None
            objection = _objection(refused, grant)
            if objection is None or objection in met:
                raise
            met[objection] = refused
        if objection == "client":
            grant = replace(grant, oauth_client=_OTHER_CLIENT[grant.oauth_client])
        elif objection == "hardware_id":
            grant = replace(grant, hardware_id=str(uuid.uuid4()))
        else:
            await asyncio.sleep(second_look)


def _objection(
    refused: SignedOut | Refused, grant: RefreshGrant
) -> Literal["client", "hardware_id", "no reason"] | None:
    """Return Blink's objection. Returns None if nothing can be done about it."""
    if isinstance(refused, SignedOut) and refused.final:
        return None
    words = f"{refused.error} {refused}".lower()
    if "invalid_client" in words or "unauthorized_client" in words or ("client" in words and "not authorized" in words):
        return "client"
    if isinstance(refused, Refused):
        return "hardware_id" if refused.status == _BLOCKED and grant.hardware_id is None else None
    return None if refused.error else "no reason"


async def _exchange(transport: Transport, grant: RefreshGrant, *, now: Callable[[], datetime]) -> Tokens:
    form = {
        "grant_type": "refresh_token",
        "refresh_token": grant.refresh,
        "client_id": grant.oauth_client,
        "scope": "client",
    }
    if grant.hardware_id:
        form["hardware_id"] = grant.hardware_id
    asked_at = now()
    answer = await transport.request(Request("the sign-in", "POST", routes.OAUTH_HOST, routes.TOKEN, form=form))
    given = answer.read(TokenAnswer)
    access = given.access_token or given.token
    if access is None:
        raise NotUnderstood(answer.what)
    return Tokens(
        access=access,
        refresh=given.refresh_token or grant.refresh,
        expires_at=asked_at + lifetime(given.expires_in),
        oauth_client=grant.oauth_client,
        hardware_id=grant.hardware_id,
        account_id=given.account_id,
    )


def lifetime(seconds: float | None) -> timedelta:
    """Return how long the bot trusts an access token, within limits of its own."""
    return timedelta(seconds=min(max(seconds or _USUAL_LIFETIME, _SHORTEST_LIFETIME), _LONGEST_LIFETIME))


async def find_region(transport: Transport, access: str) -> Region:
    """Ask Blink for the region of the account behind this access token. Raises BlinkError."""
    answer = await transport.request(Request("the region", "GET", routes.FIRST_HOST, routes.TIER, bearer=access))
    found = answer.read(TierAnswer)
    if not is_tier(found.tier):
        raise NotUnderstood(answer.what)
    return Region(found.tier, found.account_id)


def is_tier(text: str) -> bool:
    """Return whether `text` can be a region's name, and so part of a host that receives tokens."""
    return re.fullmatch(r"[a-z][a-z0-9]{1,15}", text, re.ASCII) is not None


def is_hardware_id(text: str) -> bool:
    """Return whether `text` is a UUID, as a client of its own must have for Blink."""
    return re.fullmatch(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", text, re.IGNORECASE | re.ASCII) is not None


async def sign_out(
    transport: Transport, bearer: Bearer, region: Region, *, unless: str | None = None, timeout: float = 20.0
) -> bool:
    """Sign this client out at Blink, unless its number is `unless`; return whether it is signed out now.

    Never raises, as nothing depends on it.
    """
    try:
        async with asyncio.timeout(timeout):
            return await _sign_out(transport, bearer, region, unless)
    except SignedOut as signed_out:
        return signed_out.final
    except Exception as error:
        _log.info("not signed out at Blink: %s", type(error).__name__)
        return False


async def _sign_out(transport: Transport, bearer: Bearer, region: Region, unless: str | None) -> bool:
    blink = AccountTransport(transport, bearer, tier=region.tier)
    client = client_number(await blink.request("the sign-out", "GET", routes.homescreen(region.account_id)))
    if client == unless:
        return False
    return await blink.post_to_first("the sign-out", routes.logout(region.account_id, client))
