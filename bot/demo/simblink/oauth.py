"""The OAuth host: refreshing tokens. The interactive sign-in has no place here yet."""

from __future__ import annotations

from typing import cast

from .account import CLIENTS, Account, Tokens
from .answers import Answer, Refused, as_json, not_acceptable, oauth_error
from .routing import Call, Route

BLOCKED_HARDWARE = ("Blinkpy", "Home Assistant")  # blinkpy#1266, home-assistant/core PR#178396
FIELDS = frozenset({"grant_type", "refresh_token", "client_id", "scope", "hardware_id", "username"})
PASSWORD_FIELDS = frozenset({"password"})


async def token(call: Call) -> Answer:
    """Exchange a refresh token; the password grant has been dead since December 2025."""
    form = cast(dict[str, str], call.fields)
    if form.get("hardware_id") in BLOCKED_HARDWARE or call.headers.get("hardware_id") in BLOCKED_HARDWARE:
        raise Refused(not_acceptable())
    kind = form.get("grant_type", "")
    if kind != "refresh_token":
        raise Refused(oauth_error("unsupported_grant_type", f"{kind or 'no'} grant type is not supported", 401))
    return _tokens(*_refresh(call, form))


def _refresh(call: Call, form: dict[str, str]) -> tuple[Account, Tokens]:
    world, client, refresh = call.world, form.get("client_id", ""), form.get("refresh_token", "")
    if unknown := set(form) & PASSWORD_FIELDS:
        raise Refused(oauth_error("invalid_request", "unknown field", 400), f"token: {unknown} in a refresh")
    if form.get("scope", "client") != "client":
        raise Refused(oauth_error("invalid_scope", "Invalid scope", 400), f"token: scope {form['scope']}")
    if client not in CLIENTS:
        raise Refused(oauth_error("invalid_client", "Invalid client_id", world.invalid_client_status))
    owner = world.owner(refresh)
    grant = owner.grant(refresh) if owner else None
    if owner is None or grant is None:
        raise Refused(oauth_error("invalid_grant", "Invalid refresh token", world.invalid_grant_status))
    if grant.client != client and not world.any_client:
        raise Refused(oauth_error("invalid_client", "client is not authorized", world.invalid_client_status))
    if form.get("username", owner.email) != owner.email:
        raise Refused(oauth_error("invalid_grant", "Invalid username", 400), "token: another account's user name")
    return owner, owner.refresh(refresh, client)


def _tokens(account: Account, tokens: Tokens) -> Answer:
    answer = {
        "access_token": tokens.access,
        "token_type": "Bearer",
        "expires_in": int(tokens.expires_in),
        "scope": "client",
        "account_id": account.id,
        "user_id": account.user_id,
    }
    if tokens.refresh is not None:
        answer["refresh_token"] = tokens.refresh
    return as_json(answer)


ROUTES = (Route("token", "POST", "/oauth/token", token, "oauth", body=FIELDS | PASSWORD_FIELDS, form=True),)
