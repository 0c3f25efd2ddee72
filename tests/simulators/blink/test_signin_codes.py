"""Codes, authorization codes, locked accounts and faults on the way through the sign-in."""

from __future__ import annotations

import aiohttp
import pytest

from simulators.blink import Fault, Says
from tests.simulators.blink.browser import EMAIL, PASSWORD, Browser, Door


async def test_a_second_authorize_in_the_same_browser_starts_afresh(door: Door) -> None:
    browser = await door.passed()
    old = browser.csrf
    await browser.begin()
    assert browser.csrf != old
    assert (await browser.send("GET", "/oauth/v2/authorize")).headers["Location"] == "/oauth/v2/signin"
    assert (await browser.password(EMAIL, PASSWORD)).status == 202


async def test_a_code_belongs_to_one_sign_in(door: Door) -> None:
    one, two = door.browser(), door.browser()
    codes: list[str | None] = []
    for browser in (one, two):
        await browser.begin()
        await browser.password(EMAIL, PASSWORD)
        codes.append(door.account.code)
    assert (await two.code(codes[0])).status == 400
    assert (await one.code(codes[0])).status == 201
    assert (await two.code(codes[1])).status == 201


async def test_the_password_again_sends_another_code(door: Door) -> None:
    browser = door.browser()
    await browser.begin()
    for _ in range(2):
        await browser.password(EMAIL, PASSWORD)
    first, second = (code.text for code in door.account.codes)
    assert first != second
    assert (await browser.code(first)).status == 400
    assert (await browser.code(second)).status == 201


async def test_a_code_expires_and_works_once(door: Door) -> None:
    browser = door.browser()
    await browser.begin()
    await browser.password(EMAIL, PASSWORD)
    door.account.expire_codes()
    expired = await browser.code(door.account.code)
    assert (expired.status, expired.json["error_cause"]) == (400, "expired_2fa_code")
    await browser.password(EMAIL, PASSWORD)
    assert (await browser.code(door.account.code)).status == 201
    assert (await browser.code(door.account.code)).json == expired.json
    assert door.sim.surprises == []


async def test_an_authorization_code_works_once_and_not_for_long(door: Door) -> None:
    browser = await door.passed()
    authorization = await browser.authorization()
    assert (await browser.exchange(authorization)).status == 200
    assert (await browser.exchange(authorization)).json["error"] == "invalid_grant"
    door.world.sign_ins.authorization_lives = 0.0
    assert (await browser.exchange(await browser.authorization())).json["error"] == "invalid_grant"
    assert door.sim.surprises == []


@pytest.mark.parametrize("guess", ["password", "code"])
async def test_too_many_guesses_lock_the_account(door: Door, guess: str) -> None:
    browser = door.browser()
    await browser.begin()
    await browser.password(EMAIL, PASSWORD)
    for _ in range(5):
        heard = await (browser.code("guess") if guess == "code" else browser.password(EMAIL, "guess"))
        assert heard.status == (400 if guess == "code" else 401)
    assert (await browser.password(EMAIL, PASSWORD)).status == 429
    door.account.lock(0)  # an hour has passed
    assert (await browser.password(EMAIL, "guess")).status == 401
    assert (await browser.password(EMAIL, PASSWORD)).status == 202
    assert (await browser.code(door.account.code)).status == 201
    assert door.account.failures == 0


async def test_what_nobody_has_captured_can_be_chosen(door: Door) -> None:
    signing = door.world.sign_ins
    signing.wrong_password = signing.wrong_code = signing.expired_code = Says(412, {"valid_seconds": 60})
    signing.locked, signing.no_session, signing.tries = Says(423, {"message": "locked"}), Says(401, []), None
    browser = door.browser()
    await browser.begin()
    for _ in range(7):
        assert (await browser.password(EMAIL, "guess")).status == 412
    await browser.password(EMAIL, PASSWORD)
    assert (await browser.code("guess")).json == {"valid_seconds": 60}
    door.account.lock(60)
    assert (await browser.code("guess")).status == 423
    door.world.attempts.forget()
    assert (await browser.page()).status == 401
    assert door.sim.surprises == []


async def test_faults_strike_every_step(door: Door) -> None:
    steps = {
        "authorize": Browser.authorize,
        "signin_page": Browser.page,
        "signin": lambda browser: browser.password(EMAIL, PASSWORD),
        "verify": lambda browser: browser.code(door.account.code),
        "token": lambda browser: browser.exchange("made up"),
    }
    browser = await door.passed()
    for name, step in steps.items():
        door.sim.faults.append(Fault(name, status=503))  # type: ignore[arg-type]
        assert (await step(browser)).status == 503, name
    door.sim.faults.append(Fault("logout", status=503))
    assert (await door.phone().post("/api/v4/clients/1/logout")).status == 503
    assert door.sim.surprises == []


async def test_a_lost_answer_has_sent_the_code_all_the_same(door: Door) -> None:
    browser = door.browser()
    await browser.begin()
    door.sim.faults.append(Fault("signin", action="apply-then-reset"))
    with pytest.raises(aiohttp.ClientConnectionError):
        await browser.password(EMAIL, PASSWORD)
    assert (await browser.code(door.account.code)).status == 201


async def test_a_fault_strikes_one_accounts_sign_in_only(door: Door) -> None:
    other = door.world.add_account(email="bob@example.com", two_factor=None)
    door.sim.faults.append(Fault(times=None, status=500, account=door.account.id))
    browser = door.browser()
    await browser.begin()
    assert (await browser.password(EMAIL, PASSWORD)).status == 500
    assert (await browser.password(other.email, other.password)).status == 302
    assert (await browser.exchange(await browser.authorization())).status == 200
    assert {request.account_id for request in door.sim.requests} == {None, door.account.id, other.id}
