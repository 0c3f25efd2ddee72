"""Exchanging a refresh token: what is sent, what is made of every refusal, and when an account is signed out."""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.blink import (
    BlinkError,
    NotUnderstood,
    RateLimited,
    RefreshGrant,
    Refused,
    SignedOut,
    Transport,
    Unreachable,
    find_region,
)
from bot.blink import refresh as exchange
from bot.models import Region
from tests.support.scripted import Heard, Say, Scripted
from tests.unit.blink.conftest import SECRETS, without_secrets

NOW = datetime(2026, 11, 20, 12, 0, 0, tzinfo=UTC)
OLD, NEW = SECRETS[2:]
GOOD = {"access_token": SECRETS[0], "refresh_token": NEW, "token_type": "Bearer", "expires_in": 14400}
OWN = "3f2504e0-4f89-11d3-9a0c-0305e82c3301"


async def refresh(transport: Transport, client: str = "android", hardware: str | None = None) -> Any:
    return await exchange(transport, RefreshGrant(OLD, client, hardware), now=lambda: NOW, second_look=0.01)


def clients(blink: Scripted) -> list[str]:
    return [heard.form["client_id"] for heard in blink.heard]


async def test_the_form_is_the_seeds(blink: Scripted, transport: Transport) -> None:
    blink.says(Say(GOOD))
    tokens = await refresh(transport)
    assert (tokens.access, tokens.refresh, tokens.oauth_client, tokens.hardware_id) == (
        SECRETS[0],
        NEW,
        "android",
        None,
    )
    assert tokens.expires_at == NOW + timedelta(hours=4)
    [heard] = blink.heard
    assert (heard.method, heard.host, heard.target) == ("POST", "api.oauth.blink.com", "/oauth/token")
    assert heard.headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert heard.headers["User-Agent"] == "Blink"
    assert heard.bearer is None
    assert heard.form == {
        "grant_type": "refresh_token",
        "refresh_token": OLD,
        "client_id": "android",
        "scope": "client",
    }


async def test_a_token_goes_over_the_wire_as_it_is(blink: Scripted, transport: Transport) -> None:
    blink.says(Say(GOOD))
    odd = "a+b/c==&d=e%20|ü☃"
    await exchange(transport, RefreshGrant(odd), now=lambda: NOW)
    assert blink.heard[0].form["refresh_token"] == odd


ANSWERS: dict[str, tuple[dict[str, Any], str, str, timedelta]] = {
    "the other name of the access token": ({"token": "t-1", "refresh_token": NEW}, "t-1", NEW, timedelta(hours=4)),
    "both names, one empty": ({"access_token": None, "token": "t-1"}, "t-1", OLD, timedelta(hours=4)),
    "no refresh token": ({"access_token": "t-1", "expires_in": 600}, "t-1", OLD, timedelta(minutes=10)),
    "an empty refresh token": ({"access_token": "t-1", "refresh_token": ""}, "t-1", OLD, timedelta(hours=4)),
    "null": ({"access_token": "t-1", "refresh_token": None, "expires_in": None}, "t-1", OLD, timedelta(hours=4)),
    "a lifetime as a text": ({"access_token": "t-1", "expires_in": "600"}, "t-1", OLD, timedelta(minutes=10)),
    "a lifetime in words": ({**GOOD, "expires_in": "soon"}, SECRETS[0], NEW, timedelta(hours=4)),
    "a lifetime of another type": ({**GOOD, "expires_in": [1]}, SECRETS[0], NEW, timedelta(hours=4)),
    "no time to live": ({**GOOD, "expires_in": 0}, SECRETS[0], NEW, timedelta(hours=4)),
    "less than no time": ({**GOOD, "expires_in": -5}, SECRETS[0], NEW, timedelta(minutes=2)),
    "hardly any time": ({**GOOD, "expires_in": 5}, SECRETS[0], NEW, timedelta(minutes=2)),
    "for ever": ({**GOOD, "expires_in": 1e308}, SECRETS[0], NEW, timedelta(days=30)),
    "odd company": ({**GOOD, "account_id": "x", "user_id": [], "scope": 7}, SECRETS[0], NEW, timedelta(hours=4)),
}


@pytest.mark.parametrize(("body", "access", "refresh_token", "lifetime"), ANSWERS.values(), ids=ANSWERS.keys())
async def test_fresh_tokens_are_not_lost_to_an_odd_answer(
    blink: Scripted, transport: Transport, body: Any, access: str, refresh_token: str, lifetime: timedelta
) -> None:
    blink.says(Say(body))
    tokens = await refresh(transport)
    assert (tokens.access, tokens.refresh, tokens.expires_at - NOW) == (access, refresh_token, lifetime)
    assert len(blink.heard) == 1


@pytest.mark.parametrize("number", ["NaN", "Infinity", "1e999"])
async def test_a_lifetime_that_is_no_number(blink: Scripted, transport: Transport, number: str) -> None:
    blink.says(Say(f'{{"access_token": "t-1", "expires_in": {number}}}'.encode()))
    assert (await refresh(transport)).expires_at == NOW + timedelta(hours=4)


@pytest.mark.parametrize("access", [None, "", "two words", "line\r\nX-Evil: 1", "snow☃", ["t"], "x" * 20_000])
async def test_an_access_token_that_cannot_be_one(blink: Scripted, transport: Transport, access: Any) -> None:
    blink.says(Say({**GOOD, "access_token": access}))
    with pytest.raises(NotUnderstood):
        await refresh(transport)


def oauth(error: str, status: int, description: str = "words") -> Say:
    return Say({"error": error, "error_description": description}, status)


DEAD = oauth("invalid_grant", 400, f"Invalid refresh token {OLD}")
SPECIFIC = Say({"message": "Unauthorized Access", "error": None, "code": 101}, 401)
OUTCOMES: dict[str, tuple[list[Say], type[BlinkError], bool | None, int]] = {
    "invalid_grant with 400": ([DEAD], SignedOut, True, 1),
    "invalid_grant with 401": ([oauth("invalid_grant", 401)], SignedOut, True, 1),
    "invalid_grant with 403": ([oauth("invalid_grant", 403)], SignedOut, True, 1),
    "invalid_grant of a server in trouble": ([oauth("invalid_grant", 500)], Unreachable, None, 1),
    "401 twice": ([SPECIFIC, SPECIFIC], SignedOut, False, 2),
    "401 twice without words": ([Say(b"", 401), Say(b"", 401)], SignedOut, False, 2),
    "401, then trouble": ([SPECIFIC, Say(b"", 503)], Unreachable, None, 2),
    "401, then another OAuth error": ([SPECIFIC, oauth("server_error", 401)], SignedOut, False, 2),
    "401, then invalid_grant": ([SPECIFIC, DEAD], SignedOut, True, 2),
    "401 with another OAuth error": ([oauth("unsupported_grant_type", 401)], SignedOut, False, 1),
    "401 that may pass": ([oauth("temporarily_unavailable", 401)], SignedOut, False, 1),
    "client refused, then the other's grant": ([oauth("invalid_client", 401), DEAD], SignedOut, False, 2),
    "client refused with 400, then the other's grant": ([oauth("invalid_client", 400), DEAD], Refused, None, 2),
    "both clients refused": ([oauth("invalid_client", 401)] * 2, SignedOut, False, 2),
    "both clients refused with 400": ([oauth("invalid_client", 400)] * 2, Refused, None, 2),
    "blocked twice": ([Say(b"Not Acceptable", 406)] * 2, Refused, None, 2),
    "another 400": ([oauth("invalid_request", 400)], Refused, None, 1),
    "an app that is too old": ([Say({"message": "An app update is required", "code": 105}, 426)], Refused, None, 1),
    "too often": ([Say(b"", 429)], RateLimited, None, 1),
    "blocked": ([Say(b"", 403)], RateLimited, None, 1),
    "in trouble": ([Say(b"", 500)], Unreachable, None, 1),
    "busy, which is no network's": ([Say({"message": "busy"}, 503)], Unreachable, None, 1),
    "cut": ([Say(how="reset")], Unreachable, None, 1),
    "half": ([Say(GOOD, how="half")], Unreachable, None, 1),
    "silence": ([Say(how="hang")], Unreachable, None, 1),
    "a web page": ([Say(b"<html>")], NotUnderstood, None, 1),
    "a redirect": ([Say(b"", 307, {"Location": "https://evil.immedia-semi.com/"})], Refused, None, 1),
}


@pytest.mark.parametrize(("says", "error", "final", "requests"), OUTCOMES.values(), ids=OUTCOMES.keys())
async def test_only_a_dead_token_signs_anybody_out(
    blink: Scripted, transport: Transport, says: list[Say], error: type[BlinkError], final: bool | None, requests: int
) -> None:
    blink.says(*says)
    with pytest.raises(error) as caught:
        await refresh(transport)
    assert type(caught.value) is error
    assert getattr(caught.value, "final", None) == final
    assert len(blink.heard) == requests
    assert without_secrets(f"{caught.value!r}{caught.value}")


WRONG_CLIENT = [
    oauth("invalid_client", 401, "Invalid client_id"),
    oauth("invalid_client", 400),
    oauth("unauthorized_client", 400),
    oauth("invalid_request", 403, "client is not authorized"),
    Say({"message": "client is not authorized"}, 400),
]


@pytest.mark.parametrize("refusal", WRONG_CLIENT)
@pytest.mark.parametrize(("first", "second"), [("android", "ios"), ("ios", "android")])
async def test_the_other_client_is_tried_once_and_the_winner_is_kept(
    blink: Scripted, transport: Transport, refusal: Say, first: str, second: str
) -> None:
    blink.says(refusal, Say(GOOD))
    assert (await refresh(transport, first)).oauth_client == second
    assert clients(blink) == [first, second]


async def test_without_a_hardware_id_an_own_one_is_shown_once_and_kept(blink: Scripted, transport: Transport) -> None:
    blink.says(Say(b"Not Acceptable", 406, {"Content-Type": "text/plain"}), Say(GOOD))
    tokens = await refresh(transport)
    assert tokens.hardware_id
    assert str(uuid.UUID(tokens.hardware_id)) == tokens.hardware_id
    assert [heard.form.get("hardware_id") for heard in blink.heard] == [None, tokens.hardware_id]


async def test_a_kept_hardware_id_is_shown_and_not_replaced(blink: Scripted, transport: Transport) -> None:
    blink.says(Say(b"Not Acceptable", 406))
    with pytest.raises(Refused):
        await refresh(transport, hardware=OWN)
    blink.says(Say(GOOD))
    assert (await refresh(transport, hardware=OWN)).hardware_id == OWN
    assert [heard.form.get("hardware_id") for heard in blink.heard] == [OWN, OWN]


async def test_several_objections_are_met_one_after_the_other(blink: Scripted, transport: Transport) -> None:
    blink.says(Say(b"", 406), oauth("invalid_client", 401), SPECIFIC, Say(GOOD))
    tokens = await refresh(transport)
    assert tokens.oauth_client == "ios"
    assert [(form["client_id"], "hardware_id" in form) for form in map(_form, blink.heard)] == [
        ("android", False),
        ("android", True),
        ("ios", True),
        ("ios", True),
    ]


def _form(heard: Heard) -> dict[str, str]:
    return heard.form


async def test_the_region_is_asked_with_the_bearer(blink: Scripted, transport: Transport) -> None:
    blink.says(Say({"tier": "e008", "account_id": "7", "extra": 1}))
    assert await find_region(transport, SECRETS[0]) == Region("e008", 7)
    [heard] = blink.heard
    assert (heard.method, heard.host, heard.target, heard.bearer) == (
        "GET",
        "rest-prod.immedia-semi.com",
        "/api/v1/users/tier_info",
        SECRETS[0],
    )


@pytest.mark.parametrize(
    "body",
    [
        {"tier": "evil.com#", "account_id": 7},
        {"tier": "e008.evil", "account_id": 7},
        {"tier": "rest-e008", "account_id": 7},
        {"tier": "e008\n", "account_id": 7},
        {"tier": "", "account_id": 7},
        {"tier": None, "account_id": 7},
        {"tier": "e008"},
        {"tier": "e008", "account_id": -7},
        [],
    ],
)
async def test_a_region_that_cannot_be_one(blink: Scripted, transport: Transport, body: Any) -> None:
    blink.says(Say(body))
    with pytest.raises(NotUnderstood):
        await find_region(transport, SECRETS[0])
