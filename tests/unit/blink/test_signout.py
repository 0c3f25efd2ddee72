"""Signing out at Blink: whatever happens there, whoever asks goes on."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.blink import BlinkError, SignedIn, SignedOut, Transport, Unreachable
from bot.blink.oauth import sign_out
from bot.models import Region
from simulators.blink import Fault
from simulators.demo.tls import Authority
from tests.support.scripted import Say, Scripted
from tests.unit.blink.conftest import SECRETS, Bearer, without_secrets
from tests.unit.blink.signing import EMAIL, PASSWORD, Door, front_door

HOME = Region("e008", 4242)
LISTED = Say({"networks": []}, headers={"Client-Id": "1234567"})
OUT = Say({"message": "logout"})
GIVEN_UP = {"message": "Endpoint no longer supported.", "code": 900}


@pytest.fixture
async def door(authority: Authority) -> AsyncIterator[Door]:
    async with front_door(authority) as door:
        door.account.two_factor = None
        yield door


async def signed_in(door: Door) -> SignedIn:
    outcome = await door.sign_in().password(EMAIL, PASSWORD)
    assert isinstance(outcome, SignedIn)
    return outcome


def home(door: Door) -> Region:
    return Region(door.account.tier, door.account.id)


async def test_only_the_bot_is_signed_out(door: Door) -> None:
    bot, phone = await signed_in(door), door.account.sign_in()
    assert await sign_out(door.transport, Bearer(bot.tokens.access), home(door))
    assert door.account.grant(bot.tokens.refresh) is None
    assert door.account.grant(phone.refresh or "")
    assert not await sign_out(door.transport, Bearer(bot.tokens.access), home(door))


async def test_an_access_token_that_has_run_out(door: Door) -> None:
    bearer = Bearer("run-out", (await signed_in(door)).tokens.access)
    assert await sign_out(door.transport, bearer, home(door))
    assert bearer.rejected == ["run-out"]


@pytest.mark.parametrize("fault", [Fault("logout", status=404), Fault("logout", status=200, body=GIVEN_UP)])
async def test_the_other_path(door: Door, fault: Fault) -> None:
    door.sim.faults.append(fault)
    assert await sign_out(door.transport, Bearer((await signed_in(door)).tokens.access), home(door))
    assert [request.path.split("/")[3] for request in door.sim.asked("logout")] == ["account", "clients"]


@pytest.mark.parametrize(("final", "out"), [(True, True), (False, False)])
async def test_signed_out_before(blink: Scripted, transport: Transport, final: bool, out: bool) -> None:
    blink.says(Say({"code": 101}, 401))
    bearer = Bearer()
    bearer.trouble = SignedOut("invalid_grant", final=final)
    assert await sign_out(transport, bearer, HOME) is out


ANSWERS: dict[str, list[Say]] = {
    "no number": [Say({"networks": []}), OUT],
    "an odd number": [Say({"networks": []}, headers={"Client-Id": "../../1"}), OUT],
    "no list": [Say(b"", 500)],
    "a page": [Say(b"<html>", headers={"Content-Type": "text/html"})],
    "no such paths": [LISTED, Say(b"", 404), Say(b"", 404)],
    "paths given up": [LISTED, Say(GIVEN_UP), Say(GIVEN_UP)],
    "no connection": [LISTED, Say(how="reset")],
    "silence": [Say(how="hang")],
    "silence at the end": [LISTED, Say(how="hang")],
    "too often": [LISTED, Say(b"", 429)],
    "a token that will not do": [LISTED, Say({"code": 101}, 401)],
}


@pytest.mark.parametrize("says", ANSWERS.values(), ids=ANSWERS)
async def test_nothing_is_raised(
    blink: Scripted, transport: Transport, caplog: pytest.LogCaptureFixture, says: list[Say]
) -> None:
    caplog.set_level(logging.DEBUG)
    blink.says(*says)
    assert await sign_out(transport, Bearer(), HOME, timeout=0.3) is False
    assert without_secrets(caplog.text)
    assert not [heard for heard in blink.heard if ".." in heard.target]


@pytest.mark.parametrize("error", [Unreachable("x"), RuntimeError(SECRETS[0]), OSError(SECRETS[0])])
async def test_a_bearer_in_trouble(transport: Transport, caplog: pytest.LogCaptureFixture, error: Exception) -> None:
    class Broken:
        async def token(self, **_: Any) -> str:
            raise error

    caplog.set_level(logging.DEBUG)
    assert await sign_out(transport, Broken(), HOME) is False
    assert isinstance(error, BlinkError) or type(error).__name__ in caplog.text
    assert without_secrets(caplog.text)
