"""The OAuth host's tokens: exchanging an authorization code, and refreshing."""

from __future__ import annotations

import base64
import hashlib
from typing import cast

from .account import CLIENTS, Account, OAuthClient, Tokens
from .answers import Answer, Refused, as_json, not_acceptable, oauth_error
from .routing import Call, Route

BLOCKED_HARDWARE = ("Blinkpy", "Home Assistant")  # blinkpy#1266, home-assistant/core PR#178396
REDIRECTS: dict[OAuthClient, str] = {
    "ios": "immedia-blink://applinks.blink.com/signin/callback",
    "android": "https://applinks.blink.com/signin/callback",
}
REFRESH_FIELDS = frozenset({"grant_type", "refresh_token", "client_id", "scope", "hardware_id", "username"})
PASSWORD_FIELDS = frozenset({"password"})
CODE_FIELDS = frozenset({"grant_type", "client_id", "code", "code_verifier", "redirect_uri"})
EXCHANGE_FIELDS: dict[OAuthClient, frozenset[str]] = {
    "ios": CODE_FIELDS | {"app_brand", "hardware_id", "scope"},
    "android": CODE_FIELDS,
}


async def token(call: Call) -> Answer:
    """Exchange an authorization code or a refresh token; the password grant has been dead since December 2025."""
    form = cast(dict[str, str], call.fields)
    if form.get("hardware_id") in BLOCKED_HARDWARE or call.headers.get("hardware_id") in BLOCKED_HARDWARE:
        raise Refused(not_acceptable())
    kind = form.get("grant_type", "")
    if kind == "authorization_code":
        return _tokens(*_exchange(call, form))
    if kind != "refresh_token":
        raise Refused(oauth_error("unsupported_grant_type", f"{kind or 'no'} grant type is not supported", 401))
    return _tokens(*_refresh(call, form))


def _exchange(call: Call, form: dict[str, str]) -> tuple[Account, Tokens]:
    """Use an authorization code up; a request that is refused after that has used it up too."""
    world, client = call.world, form.get("client_id", "")
    if client not in CLIENTS:
        raise Refused(oauth_error("invalid_client", "Invalid client_id", world.invalid_client_status))
    if wrong := sorted(EXCHANGE_FIELDS[client] ^ {name for name, value in form.items() if value}):
        raise Refused(oauth_error("invalid_request", "Invalid request", 400), f"token: {wrong} for {client}")
    invalid = oauth_error("invalid_grant", "Invalid authorization code", world.invalid_grant_status)
    attempt = world.attempts.redeem(form["code"], call.now)
    if attempt is None or attempt.account is None:
        raise Refused(invalid)
    if client != attempt.client:
        wrong_client = oauth_error("invalid_client", "client is not authorized", world.invalid_client_status)
        raise Refused(wrong_client, f"token: {client} exchanges a code of {attempt.client}")
    digest = hashlib.sha256(form["code_verifier"].encode()).digest()
    expected = {
        "app_brand": "blink",
        "scope": "client",
        "redirect_uri": attempt.redirect_uri,
        "hardware_id": attempt.hardware_id,
    }
    differing = [name for name, value in expected.items() if form.get(name, value) != value]
    if base64.urlsafe_b64encode(digest).decode().rstrip("=") != attempt.challenge:
        differing.append("code_verifier")
    if differing:
        raise Refused(invalid, f"token: {', '.join(differing)} is not that of the authorize request")
    return attempt.account, attempt.account.sign_in(client, hardware_id=attempt.hardware_id)


def _refresh(call: Call, form: dict[str, str]) -> tuple[Account, Tokens]:
    world, client, refresh = call.world, form.get("client_id", ""), form.get("refresh_token", "")
    if unknown := sorted(set(form) - REFRESH_FIELDS):
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


FIELDS = REFRESH_FIELDS | PASSWORD_FIELDS | EXCHANGE_FIELDS["ios"]
ROUTES = (Route("token", "POST", "/oauth/token", token, "oauth", body=FIELDS, form=True),)
