"""Signing in with a password and a code, and signing out: unmodified blinkpy, and a browser step by step."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack
from typing import Any

import pytest
from blinkpy import api
from blinkpy.auth import Auth, BlinkTwoFARequiredError
from blinkpy.blinkpy import Blink

from simulators.demo.tls import Authority
from tests.simulators.blink.browser import EMAIL, HARDWARE, PASSWORD, Door, opened

STEPS = ["authorize", "signin_page", "signin_page", "signin"]  # blinkpy follows the redirect, then asks again
DONE = ["authorize", "token"]


def new_blinkpy(door: Door, password: str = PASSWORD, **stored: Any) -> Blink:
    """blinkpy as its users set it up, for the first time or with what it stored."""
    session = door.jar()
    blink = Blink(session=session)
    login = {"username": EMAIL, "password": password, "hardware_id": HARDWARE, **stored}
    blink.auth = Auth(login, no_prompt=True, session=session)
    return blink


async def from_password_to_sign_out(door: Door, two_factor: Any) -> None:
    door.account.two_factor = two_factor
    blink = new_blinkpy(door)
    if two_factor is None:
        assert await blink.start()
        assert door.routes()[:6] == [*STEPS, *DONE]
    else:
        with pytest.raises(BlinkTwoFARequiredError):
            await blink.start()
        assert await blink.send_2fa_code(door.account.code)
        assert door.routes()[:7] == [*STEPS, "verify", *DONE]
    assert list(blink.cameras) == ["Front Door"]
    assert (blink.auth.region_id, blink.account_id) == ("u011", door.account.id)

    # with what it stored: a refresh by the client that got the token, and no sign-in
    stored = {name: blink.auth.login_attributes[name] for name in ("refresh_token", "hardware_id", "client_id")}
    door.sim.requests.clear()
    again = new_blinkpy(door, **stored)
    await again.auth.startup()
    again.setup_urls()
    await again.setup_networks()
    assert door.routes() == ["token", "tier", "networks"]
    assert list(again.networks) == [str(door.account.networks[0].id)]
    assert again.auth.refresh_token != stored["refresh_token"]
    assert len(door.account.codes) == (two_factor is not None)
    assert door.sim.surprises == []

    assert (await api.request_logout(again)) == {"message": "logout"}
    assert not await new_blinkpy(door, refresh_token=again.auth.refresh_token, password="unknown by now").start()


async def test_blinkpy_signs_in_lists_the_cameras_refreshes_and_signs_out(authority: Authority) -> None:
    # side by side, because blinkpy keeps two seconds between any two homescreens of one process
    async with AsyncExitStack() as stack, asyncio.TaskGroup() as group:
        for two_factor in (None, "412", "202"):
            door = await stack.enter_async_context(opened(authority))
            group.create_task(from_password_to_sign_out(door, two_factor))


async def test_blinkpy_tries_a_second_code(door: Door) -> None:
    blink = new_blinkpy(door)
    with pytest.raises(BlinkTwoFARequiredError):
        await blink.start()
    assert not await blink.send_2fa_code("no code")
    assert await blink.send_2fa_code(door.account.code)
    assert door.sim.surprises == []


def locked(door: Door) -> Blink:
    door.account.lock()
    return new_blinkpy(door)


def blocked(door: Door) -> Blink:
    blink = new_blinkpy(door)
    blink.auth.hardware_id = "Blinkpy"
    return blink


TURNED_AWAY: dict[str, tuple[Callable[[Door], Blink], str, int]] = {
    "a wrong password": (lambda door: new_blinkpy(door, "guess"), "signin", 401),
    "a locked account": (locked, "signin", 429),
    "a shared hardware_id": (blocked, "authorize", 406),
}


@pytest.mark.parametrize(("blinkpy", "step", "status"), TURNED_AWAY.values(), ids=TURNED_AWAY)
async def test_blinkpy_is_turned_away(door: Door, blinkpy: Callable[[Door], Blink], step: str, status: int) -> None:
    assert not await blinkpy(door).start()
    assert [door.sim.requests[-1].route, door.sim.requests[-1].status] == [step, status]
    assert door.account.codes == []
    assert door.sim.surprises == []


@pytest.mark.parametrize("method", ["sms", "whatsapp", "voice", "email"])
async def test_a_202_says_where_the_code_went(door: Door, method: Any) -> None:
    door.account.code_method = method
    browser = door.browser()
    await browser.begin()
    heard = await browser.password(EMAIL.upper(), PASSWORD)
    phone = {} if method == "email" else {"phone": "+49xxxxxxxx17"}
    methods = ["email"] if method == "email" else ["sms", "whatsapp", "voice"]
    more = {"tsv_methods": methods, "tsv_state": method, "user_id": door.account.user_id}
    assert (heard.status, heard.json) == (202, {"next_time_in_secs": 60, **phone, **more})
    assert [code.method for code in door.account.codes] == [method]


async def test_a_412_says_nothing(door: Door) -> None:
    door.account.two_factor = "412"
    browser = door.browser()
    await browser.begin()
    heard = await browser.password(EMAIL, PASSWORD)
    assert (heard.status, heard.raw) == (412, b"")


@pytest.mark.parametrize(("client", "other"), [("ios", "android"), ("android", "ios")])
async def test_tokens_belong_to_the_client_that_signed_in(door: Door, client: str, other: str) -> None:
    tokens = await door.tokens(client)
    assert tokens["account_id"] == door.account.id
    browser = door.browser()
    assert (await browser.refresh(tokens["refresh_token"], other)).json["error"] == "invalid_client"
    assert (await browser.refresh(tokens["refresh_token"], client)).status == 200
    assert (await door.phone(tokens).get("/networks")).status == 200
    assert door.sim.surprises == []


async def test_the_cookies_are_a_real_sessions(door: Door) -> None:
    session, edge = (await door.browser().authorize()).headers["cookies"].splitlines()
    assert session.startswith("__Secure-oauth-session=")
    assert session.endswith("; Path=/oauth; HttpOnly; Secure; SameSite=Lax")
    assert edge.startswith("__cf_bm=")
    assert "Secure" in edge


async def test_the_state_comes_back(door: Door) -> None:
    door.account.two_factor = None
    browser = door.browser()
    await browser.begin({"state": "a b"})
    await browser.password(EMAIL, PASSWORD)
    assert (await browser.send("GET", "/oauth/v2/authorize")).headers["Location"].endswith("&state=a+b")


@pytest.mark.parametrize(
    "path", ["/api/v4/account/{account}/client/{client}/logout", "/api/v4/clients/{client}/logout"]
)
async def test_signing_out_ends_one_client_only(door: Door, path: str) -> None:
    owner, bot, tokens = door.phone(), door.phone(await door.tokens()), await door.tokens("android")
    home = f"/api/v3/accounts/{door.account.id}/homescreen"
    numbers = [(await phone.get(home)).headers["Client-Id"] for phone in (owner, bot)]
    assert numbers[0] == str(door.account.client_number) != numbers[1]
    # the second sign-in was from the same device
    assert (await door.phone(tokens).get(home)).headers["Client-Id"] == numbers[1]

    wrong = await bot.post(path.format(account=door.account.id, client=numbers[0]))
    assert wrong.status == 404
    assert door.sim.surprises == [f"logout: client {numbers[0]} is not the bearer's own"]
    heard = await bot.post(path.format(account=door.account.id, client=numbers[1]))
    assert (heard.status, heard.json) == (200, {"message": "logout"})
    assert (await bot.get(home)).json["code"] == 101
    assert (await door.browser().refresh(tokens["refresh_token"], "android")).json["error"] == "invalid_grant"
    assert (await owner.get(home)).status == 200
