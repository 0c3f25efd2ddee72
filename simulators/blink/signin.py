"""The interactive sign-in (authorize, page, password, code, authorization code), and the sign-out."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Iterable, Mapping
from typing import Any, cast
from urllib.parse import urlencode, urlsplit

from .account import CLIENTS, Account
from .answers import Answer, Refused, as_json, not_acceptable, not_found
from .cloud import Says, problem
from .oauth import BLOCKED_HARDWARE, REDIRECTS
from .routing import EMPTY, OAUTH_HOST, Call, Route
from .world import Attempt

SIGNIN = "/oauth/v2/signin"
AUTHORIZE = "/oauth/v2/authorize"
SESSION = "__Secure-oauth-session"  # no capture shows the real name
EDGE = "__cf_bm"  # the host is behind Cloudflare (blinkpy#1266)
FIXED = {"app_brand": "blink", "code_challenge_method": "S256", "response_type": "code", "scope": "client"}
DEVICE = frozenset({"app_version", "device_brand", "device_model", "device_os_version"})
ASKED = DEVICE | set(FIXED) | {"client_id", "code_challenge", "hardware_id", "redirect_uri"}
CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
PASSWORD_FORM = frozenset({"username", "password", "csrf-token"})
CODE_FORM = frozenset({"2fa_code", "csrf-token", "remember_me"})
PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Sign in to Blink</title>
<script type="application/json" id="locale">{"csrf-token": "not this one"}</script>
<script id="oauth-args" type="application/json">%s</script>
</head><body><div id="root"></div></body></html>
"""


def session_cookie(headers: Mapping[str, str]) -> str | None:
    """Return the session cookie exactly as it came."""
    for pair in headers.get("Cookie", "").split(";"):
        name, _, value = pair.strip().partition("=")
        if name == SESSION:
            return value
    return None


async def authorize(call: Call) -> Answer:
    """Start a sign-in, or, asked again without a query, hand out the authorization code."""
    if not call.query:
        return _authorized(call)
    if call.query.get("hardware_id") in BLOCKED_HARDWARE:
        raise Refused(not_acceptable())
    _check_fields(call, ASKED, call.query)
    client, redirect_uri, signing = call.query["client_id"], call.query["redirect_uri"], call.world.sign_ins
    if client not in CLIENTS or redirect_uri != REDIRECTS[client]:
        raise _strange(call, f"client {client} with redirect_uri {redirect_uri}")
    if wrong := [name for name, value in FIXED.items() if call.query[name] != value]:
        raise _strange(call, f"{wrong[0]}={call.query[wrong[0]]}")
    if not CHALLENGE.fullmatch(call.query["code_challenge"]):
        raise _strange(call, "code_challenge is not a SHA-256 in base64url")
    attempt = Attempt(
        client=client,
        challenge=call.query["code_challenge"],
        redirect_uri=redirect_uri,
        hardware_id=call.query["hardware_id"],
        state=call.query.get("state"),
        csrf=secrets.token_urlsafe(32),
        dead_at=call.now + signing.session_lives,
    )
    session = call.world.attempts.begin(attempt, replaces=session_cookie(call.headers))
    edge = f"{EDGE}={secrets.token_urlsafe(32)}; Path=/; Domain={OAUTH_HOST}; Max-Age=1800; HttpOnly; Secure"
    return _redirect(SIGNIN, (f"{SESSION}={session}; Path=/oauth; HttpOnly; Secure; SameSite=Lax", edge))


def _authorized(call: Call) -> Answer:
    attempt = _attempt(call)
    if not attempt.passed:
        return _redirect(SIGNIN)
    dead_at = call.now + call.world.sign_ins.authorization_lives
    answer = {"code": call.world.attempts.authorize(attempt, dead_at)}
    if attempt.state is not None:
        answer["state"] = attempt.state
    return _redirect(f"{attempt.redirect_uri}?{urlencode(answer)}")


async def page(call: Call) -> Answer:
    """Show the sign-in page, whose script element carries the CSRF token."""
    attempt = _attempt(call)
    args = {"client_id": attempt.client, "csrf-token": attempt.csrf}
    return Answer(200, (PAGE % json.dumps(args)).encode(), "text/html; charset=utf-8")


async def signin(call: Call) -> Answer:
    """Take the password, and ask for a code if the account wants one."""
    attempt, form = _attempt(call), cast(dict[str, str], call.fields)
    _check_form(call, attempt, PASSWORD_FORM)
    account, signing = call.world.account(form["username"]), call.world.sign_ins
    attempt.account, attempt.code, attempt.passed = None, None, False
    if account and account.locked:
        raise _says(signing.locked)
    if account is None or form["password"] != account.password:
        raise _failed(call, account, signing.wrong_password)
    attempt.account = account
    if account.two_factor is None:
        account.unlock()
        attempt.passed = True
        # a client that follows this is noticed by the query
        return _redirect(f"{AUTHORIZE}?followed=1")
    if account.too_many_codes:
        account.limit_codes()
    _check_limit(call, account)
    attempt.code = call.world.send_code(account)
    if account.two_factor == "412":
        return Answer(412)
    asked: dict[str, Any] = {"next_time_in_secs": signing.resend_after}
    if account.code_method != "email":
        asked["phone"] = account.phone
    asked["tsv_methods"] = ["email"] if account.code_method == "email" else ["sms", "whatsapp", "voice"]
    return as_json({**asked, "tsv_state": account.code_method, "user_id": account.user_id}, 202)


async def verify(call: Call) -> Answer:
    """Take the code."""
    attempt, form = _attempt(call), cast(dict[str, str], call.fields)
    _check_form(call, attempt, CODE_FORM)
    if form["remember_me"] not in ("true", "false"):
        raise _strange(call, f"remember_me={form['remember_me']}")
    account, code, signing = attempt.account, attempt.code, call.world.sign_ins
    if account is None or code is None:
        raise _strange(call, "no code was asked for")
    if account.locked:
        raise _says(signing.locked)
    _check_limit(call, account)
    if form["2fa_code"] != code.text:
        raise _failed(call, account, signing.wrong_code)
    if code.used or code.dead_at <= call.now:
        raise _says(signing.expired_code)
    code.used = attempt.passed = True
    account.unlock()
    return as_json({"status": "auth-completed"}, 201)


async def logout(call: Call) -> Answer:
    """Sign the bearer's own client out."""
    number = int(call.params["client"])
    if number != call.account.client_of(call.token):
        raise Refused(not_found(), f"logout: client {number} is not the bearer's own")
    call.account.sign_out_client(number)
    return as_json({"message": "logout"})


def _attempt(call: Call) -> Attempt:
    cookie, answer = session_cookie(call.headers), call.world.sign_ins.no_session
    attempt = call.world.attempts.attempt(cookie, call.now) if cookie else None
    if attempt is None:
        raise _says(answer, None if cookie else f"{call.path}: the cookies are lost")
    return attempt


def _check_limit(call: Call, account: Account) -> None:
    """Refuse while the account may get no code: Pischleuder1/ioBroker.blink 0.0.38, without Retry-After."""
    if seconds := account.limited_for:
        says = call.world.sign_ins.codes_limited
        raise _says(Says(says.status, {**says.body, "next_time_in_secs": seconds}))


def _failed(call: Call, account: Account | None, says: Says) -> Refused:
    """Count a wrong password or code; the answer is the same if it is one too many."""
    if account:
        account.failures += 1
        if call.world.sign_ins.tries and account.failures >= call.world.sign_ins.tries:
            account.lock()
    return _says(says)


def _check_form(call: Call, attempt: Attempt, wanted: frozenset[str]) -> None:
    _check_fields(call, wanted, call.fields)
    came = [call.headers[name] for name in ("Origin", "Referer") if name in call.headers]
    if not came or any(urlsplit(address).hostname != OAUTH_HOST for address in came):
        raise _strange(call, f"it comes from {came or 'nowhere'}", 403)
    if call.fields["csrf-token"] != attempt.csrf:
        raise _strange(call, "the CSRF token is another session's", 403)


def _check_fields(call: Call, wanted: Iterable[str], given: Mapping[str, str]) -> None:
    if missing := sorted(name for name in wanted if not given.get(name)):
        raise _strange(call, f"{', '.join(missing)} is missing")


def _strange(call: Call, why: str, status: int = 400) -> Refused:
    return _says(Says(status, problem("bad_request", "invalid_request", "Invalid request.")), f"{call.path}: {why}")


def _says(says: Says, surprise: str | None = None) -> Refused:
    return Refused(as_json(says.body, says.status), surprise)


def _redirect(address: str, cookies: tuple[str, ...] = ()) -> Answer:
    return Answer(302, headers={"Location": address}, cookies=cookies)


ROUTES = (
    Route("authorize", "GET", AUTHORIZE, authorize, "oauth", query=ASKED | {"state"}),
    Route("signin_page", "GET", SIGNIN, page, "oauth"),
    Route("signin", "POST", SIGNIN, signin, "oauth", body=PASSWORD_FORM, form=True),
    Route("verify", "POST", "/oauth/v2/2fa/verify", verify, "oauth", body=CODE_FORM, form=True),
    Route("logout", "POST", "/api/v4/account/{account}/client/{client}/logout", logout, body=EMPTY),
    Route("logout", "POST", "/api/v4/clients/{client}/logout", logout, body=EMPTY),
)
