"""Signing in at a Blink that answers oddly: other hosts, endless bodies, cookies and numbers of every kind."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.blink import BlinkSignIn, CodeWanted, Denial, Denied, SignedIn, Transport
from bot.blink.sign_in_blinkpy import NoAnswer, SignInSession
from bot.models import Region
from simulators.demo.network import connectors
from tests.support.scripted import Say, Scripted
from tests.unit.blink.signing import (
    ASKED,
    AUTHORIZED,
    BEGUN,
    CODE,
    GIVEN,
    IN,
    PAGE,
    SCRIPTED,
    TAKEN,
    TIER,
    TOKENS,
    TYPED,
    said,
    sign_in_at,
)

USERNAME, PASSWORD, TYPED_CODE = TYPED
FOREIGN = {
    "another host of Blink's": "https://rest-prod.immedia-semi.com/oauth/v2/signin",
    "a host with the name in it": "https://api.oauth.blink.com.immedia-semi.com/",
    "no host": "//rest-prod.immedia-semi.com/",
    "without encryption": "http://api.oauth.blink.com/oauth/v2/signin",
    "another port": "https://api.oauth.blink.com:8443/oauth/v2/signin",
    "a name and a password": "https://me:secret@api.oauth.blink.com/oauth/v2/signin",
    "an app": "immedia-blink://applinks.blink.com/",
    "nonsense": "https://[",
    "a port that is none": "https://api.oauth.blink.com:999999/",
}


@pytest.fixture
async def sign_in(
    blink: Scripted, transport: Transport, patience: float, caplog: pytest.LogCaptureFixture
) -> AsyncIterator[BlinkSignIn]:
    caplog.set_level(logging.DEBUG)
    sign_in = sign_in_at(blink, transport, timeout=patience)
    yield sign_in
    await sign_in.close()
    assert [secret for secret in SCRIPTED if secret in said(caplog.records)] == []


def targets(blink: Scripted) -> list[str]:
    return [f"{heard.method} {heard.host}{heard.target.partition('?')[0]}" for heard in blink.heard]


async def test_the_whole_way(blink: Scripted, sign_in: BlinkSignIn) -> None:
    blink.says(*BEGUN, ASKED, TAKEN, CODE, TOKENS, TIER)
    assert await sign_in.password(USERNAME, PASSWORD) == CodeWanted("sms", "+49xxxxxxxx17")
    outcome = await sign_in.code(TYPED_CODE)
    assert isinstance(outcome, SignedIn)
    assert outcome.region == Region("e008", 4242)
    assert targets(blink) == [
        "GET api.oauth.blink.com/oauth/v2/authorize",
        "GET api.oauth.blink.com/oauth/v2/signin",
        "POST api.oauth.blink.com/oauth/v2/signin",
        "POST api.oauth.blink.com/oauth/v2/2fa/verify",
        "GET api.oauth.blink.com/oauth/v2/authorize",
        "POST api.oauth.blink.com/oauth/token",
        "GET rest-prod.immedia-semi.com/api/v1/users/tier_info",
    ]
    assert blink.heard[2].form == {"username": USERNAME, "password": PASSWORD, "csrf-token": "scripted-csrf"}
    assert blink.heard[3].form == {"2fa_code": TYPED_CODE, "csrf-token": "scripted-csrf", "remember_me": "false"}
    assert all(heard.headers["Cookie"] == "session=scripted-cookie" for heard in blink.heard[1:6])
    assert "Cookie" not in blink.heard[0].headers
    assert "Cookie" not in blink.heard[6].headers


@pytest.mark.parametrize("location", FOREIGN.values(), ids=FOREIGN)
async def test_cookies_stay_at_home(blink: Scripted, sign_in: BlinkSignIn, location: str) -> None:
    blink.says(Say(b"", 302, {**AUTHORIZED.headers, "Location": location}), *BEGUN)
    assert await sign_in.password(USERNAME, PASSWORD) == Denied(Denial.NOT_UNDERSTOOD)
    assert len(blink.heard) == 1


async def test_redirects_that_never_end(blink: Scripted, sign_in: BlinkSignIn) -> None:
    blink.says(Say(b"", 302, {"Location": "/oauth/v2/authorize"}))
    assert await sign_in.password(USERNAME, PASSWORD) == Denied(Denial.NOT_UNDERSTOOD)
    assert len(blink.heard) == 6


@pytest.mark.parametrize("status", [302, 303, 307, 308])
async def test_a_password_is_sent_once(blink: Scripted, sign_in: BlinkSignIn, status: int) -> None:
    away = Say(b"", status, {"Location": "https://rest-prod.immedia-semi.com/"})
    blink.says(*BEGUN, away, CODE, TOKENS, TIER)
    assert isinstance(await sign_in.password(USERNAME, PASSWORD), SignedIn)
    assert [heard.host for heard in blink.heard if PASSWORD in heard.body] == ["api.oauth.blink.com"]


@pytest.mark.parametrize("status", [302, 303, 307, 308])
async def test_a_code_and_an_exchange_are_sent_once(blink: Scripted, sign_in: BlinkSignIn, status: int) -> None:
    away = Say(b"", status, {"Location": "https://rest-prod.immedia-semi.com/"})
    blink.says(*BEGUN, ASKED, away)
    await sign_in.password(USERNAME, PASSWORD)
    assert await sign_in.code(TYPED_CODE) == Denied(Denial.NOT_UNDERSTOOD, status)
    blink.says(*BEGUN, IN, CODE, away)
    assert await sign_in.password(USERNAME, PASSWORD) == Denied(Denial.NOT_UNDERSTOOD, status)
    assert {heard.host for heard in blink.heard} == {"api.oauth.blink.com"}


BODIES = {
    "one that never ends": (Say(b"x" * 1000, how="stall"), Denied(Denial.UNREACHABLE)),
    "one that ends too early": (Say(b"x" * 1000, how="half"), Denied(Denial.UNREACHABLE)),
    "one that is too long": (Say(b"x" * (3 << 20), how="chunked"), Denied(Denial.NOT_UNDERSTOOD)),
    "nothing like HTTP": (Say(b"SSH-2.0-OpenSSH\r\n", how="raw"), Denied(Denial.UNREACHABLE)),
    "not a letter of UTF-8": (Say(b"\xff\xfe" * 10), Denied(Denial.NOT_UNDERSTOOD, 200)),
    "nothing": (Say(b""), Denied(Denial.NOT_UNDERSTOOD, 200)),
    "JSON without end": (Say(b"[" * 200_000), Denied(Denial.NOT_UNDERSTOOD, 200)),
}


@pytest.mark.parametrize(("body", "denied"), BODIES.values(), ids=BODIES)
@pytest.mark.parametrize("before", [(AUTHORIZED,), (*BEGUN, IN, CODE)], ids=["the page", "the tokens"])
async def test_bodies(blink: Scripted, sign_in: BlinkSignIn, before: Any, body: Say, denied: Denied) -> None:
    blink.says(*before, body)
    assert await sign_in.password(USERNAME, PASSWORD) == denied


COOKIES = ["a/b==", "plain.x-_~", "a%2Fb", 'j:{"a":1}', "sp ace", "eyJ.eyJ.sig="]


@pytest.mark.parametrize("value", COOKIES)
async def test_cookies_go_back_as_they_came(blink: Scripted, sign_in: BlinkSignIn, value: str) -> None:
    blink.says(Say(b"", headers={"Set-Cookie": f"session={value}; Path=/oauth; Secure; HttpOnly"}), PAGE, ASKED)
    await sign_in.password(USERNAME, PASSWORD)
    assert [heard.headers.get("Cookie") for heard in blink.heard] == [None, f"session={value}", f"session={value}"]


@pytest.mark.parametrize("cookie", ["=scripted-cookie", "scripted-csrf", "a b=scripted-cookie", "x=" + "y" * 5000])
async def test_odd_cookies(blink: Scripted, sign_in: BlinkSignIn, cookie: str) -> None:
    blink.says(Say(b"", headers={"Set-Cookie": cookie}), PAGE, ASKED)
    assert isinstance(await sign_in.password(USERNAME, PASSWORD), CodeWanted)


WHERE: dict[str, tuple[dict[str, Any], CodeWanted]] = {
    "masked": ({"phone": "+49xxxxxxxx17"}, CodeWanted("sms", "+49xxxxxxxx17")),
    "masked to the end": ({"phone": "+49xxxxxxxxxx"}, CodeWanted("sms", "+49xxxxxxxxxx")),
    "masked with stars": ({"phone": "(***) ***-1234"}, CodeWanted("sms", "(***) ***-1234")),
    "not masked": ({"phone": "+4915123456789"}, CodeWanted("sms", "+•••••••••••89")),
    "not masked, with blanks": ({"phone": " +1 (555) 123-4567 "}, CodeWanted("sms", "+• (•••) •••-••67")),
    "hardly masked": ({"phone": "+49151234567x9"}, CodeWanted("sms", "+••••••••••7x9")),
    "short": ({"phone": "117"}, CodeWanted("sms", "••7")),
    "shorter": ({"phone": "17"}, CodeWanted("sms", "••")),
    "a number": ({"phone": 4915123456789}, CodeWanted("sms", "•••••••••••89")),
    "words": ({"phone": "your phone"}, CodeWanted("sms")),
    "markup": ({"phone": "<b>+49xxxxxxxx17</b>"}, CodeWanted("sms")),
    "endless": ({"phone": "+" + "1" * 5000}, CodeWanted("sms")),
    "turned around": ({"phone": "\u202e+49xxxxxxxx17\n"}, CodeWanted("sms", "+49xxxxxxxx17")),
    "another type": ({"phone": {"number": 1}}, CodeWanted("sms")),
    "null": ({"phone": None}, CodeWanted("sms")),
    "e-mail": ({"tsv_state": "email"}, CodeWanted("email")),
    "e-mail, and where": (
        {"tsv_state": "email", "email": "alice@example.com"},
        CodeWanted("email", "a•••@example.com"),
    ),
    "e-mail, masked": ({"tsv_state": "email", "email": "a***e@example.com"}, CodeWanted("email", "a***e@example.com")),
    "e-mail, endless": (
        {"tsv_state": "email", "email": "a@" + "b" * 150},
        CodeWanted("email", "a•••@" + "b" * 54 + "…"),
    ),
    "e-mail that is none": ({"tsv_state": "email", "email": "a b@c"}, CodeWanted("email")),
    "the only way there is": ({"tsv_methods": ["voice"]}, CodeWanted("voice")),
    "several ways": ({"tsv_methods": ["voice", "sms"]}, CodeWanted()),
    "a way of another type": ({"tsv_state": {"a": 1}, "tsv_methods": "sms", "next_time_in_secs": 60}, CodeWanted()),
    "a way with markup": ({"tsv_state": "<i>sms</i>"}, CodeWanted()),
}


@pytest.mark.parametrize(("body", "wanted"), WHERE.values(), ids=WHERE)
async def test_where_a_code_went(blink: Scripted, sign_in: BlinkSignIn, body: Any, wanted: CodeWanted) -> None:
    default = {} if "tsv_state" in body or "tsv_methods" in body else {"tsv_state": "sms"}
    blink.says(*BEGUN, Say({**default, **body}, 202))
    assert await sign_in.password(USERNAME, PASSWORD) == wanted


GIVEN_TOO = {
    "the other name": ({"token": "scripted-access", "access_token": None}, 14400),
    "no time": ({"expires_in": None}, 14400),
    "a text": ({"expires_in": "600"}, 600),
    "hardly any time": ({"expires_in": 1}, 120),
    "for ever": ({"expires_in": 1e300}, 30 * 86400),
    "another account's type": ({"account_id": "x", "scope": []}, 14400),
}


@pytest.mark.parametrize(("changes", "lifetime"), GIVEN_TOO.values(), ids=GIVEN_TOO)
async def test_tokens_are_read_however_odd_the_rest(
    blink: Scripted, sign_in: BlinkSignIn, changes: dict[str, Any], lifetime: int
) -> None:
    blink.says(*BEGUN, IN, CODE, Say({**GIVEN, **changes}), TIER)
    began = sign_in._now()
    outcome = await sign_in.password(USERNAME, PASSWORD)
    assert isinstance(outcome, SignedIn)
    assert (outcome.tokens.access, outcome.tokens.refresh) == ("scripted-access", "scripted-refresh")
    assert 0 <= (outcome.tokens.expires_at - began).total_seconds() - lifetime < 5


@pytest.mark.parametrize("field", ["access_token", "refresh_token"])
@pytest.mark.parametrize("value", [None, "", "two words", "line\r\nX-Evil: 1", ["t"]])
async def test_tokens_that_are_none(blink: Scripted, sign_in: BlinkSignIn, field: str, value: Any) -> None:
    blink.says(*BEGUN, IN, CODE, Say({**GIVEN, field: value}), TIER)
    assert await sign_in.password(USERNAME, PASSWORD) == Denied(Denial.NOT_UNDERSTOOD, 200)


async def test_a_timeout_of_somebody_else_does_not_count(blink: Scripted) -> None:
    blink.says(Say(how="hang"))
    session = SignInSession(connectors(discord=0, blink=blink.port), timeout=0.2)
    with pytest.raises(NoAnswer):
        await session.get("https://api.oauth.blink.com/oauth/v2/authorize", timeout=3600)
    assert session.unreachable
    await session.close()


@pytest.mark.parametrize("url", ["https://example.com/", "http://api.oauth.blink.com/", "api.oauth.blink.com"])
async def test_nothing_is_sent_anywhere_else(blink: Scripted, url: str) -> None:
    session = SignInSession(connectors(discord=0, blink=blink.port), timeout=0.2)
    with pytest.raises(NoAnswer):
        await session.post(url, data={"password": PASSWORD})
    assert (session.reply, session.unreachable) == (None, False)
    assert blink.heard == []
    await session.close()
