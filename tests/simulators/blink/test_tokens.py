"""Tokens: what a refresh gives, what it kills, and what the documented BLINK_TOKENS value says."""

from __future__ import annotations

from urllib.parse import unquote

import pytest

from tests.simulators.blink.conftest import BlinkSetup
from tests.simulators.blink.phone import OAUTH, PROD, Phone
from tests.support.waiting import until

KEYS = ["username", "password", "uid", "device_id", "token", "expires_in", "expiration_date", "refresh_token"]
KEYS += ["host", "region_id", "client_id", "account_id", "user_id", "2fa_code"]


def imported(value: str) -> dict[str, str]:
    return {key: unquote(text) for key, _, text in (pair.partition("=") for pair in value.split("|"))}


async def works(phone: Phone) -> bool:
    return (await phone.get(f"/api/v3/accounts/{phone.account.id}/homescreen")).status == 200


@pytest.mark.parametrize("raw_plus", [False, True])
async def test_blink_tokens_are_what_the_page_documents(house: BlinkSetup, raw_plus: bool) -> None:
    text = house.account.blink_tokens(raw_plus=raw_plus)
    values = imported(text)
    assert list(values) == KEYS
    assert "alice%40example.com" in text
    assert " " not in text
    assert ("+" in text) == raw_plus
    assert values["device_id"] == "Blinkpy"
    assert values["host"] == "e008.immedia-semi.com"
    assert values["client_id"].isdigit()
    assert values["password"] == house.account.password
    phone = Phone(house.session, house.account, values["token"])
    phone.refresh = values["refresh_token"]
    assert await works(phone)
    assert (await phone.renew()).status == 200


async def test_a_refresh_gives_a_new_pair_and_the_old_one_dies(house: BlinkSetup) -> None:
    heard = await house.phone.renew()
    assert heard.json["expires_in"] == 14400
    assert heard.json["token_type"] == "Bearer"
    assert heard.json["refresh_token"] != house.phone.refresh
    again = await house.phone.renew()
    assert (again.status, again.json["error"]) == (400, "invalid_grant")
    house.phone.refresh = heard.json["refresh_token"]
    assert (await house.phone.renew()).status == 200
    house.phone.token = heard.json["access_token"]
    assert await works(house.phone)
    assert house.sim.surprises == []


async def test_the_old_refresh_token_may_have_a_grace(house: BlinkSetup) -> None:
    house.world.rotation_grace = 60.0
    for _ in range(3):
        assert (await house.phone.renew()).status == 200
    house.world.rotation_grace = 0.0
    other = Phone(house.session, house.account)
    await other.renew()
    assert (await other.renew()).status == 400


async def test_a_grace_ends(house: BlinkSetup) -> None:
    house.world.rotation_grace = 0.05
    await house.phone.renew()
    await until(lambda: house.account.grant(house.phone.refresh) is None)
    assert (await house.phone.renew()).status == 400


async def test_the_answer_may_lack_a_refresh_token_and_then_the_old_one_lives(house: BlinkSetup) -> None:
    house.world.rotation = "absent"
    assert "refresh_token" not in (await house.phone.renew()).json
    house.world.rotation = "same"
    assert (await house.phone.renew()).json["refresh_token"] == house.phone.refresh


async def test_an_access_token_expires(house: BlinkSetup) -> None:
    house.world.expires_in = 0.05
    heard = await house.phone.renew()
    house.phone.token = heard.json["access_token"]
    await until(lambda: not house.account.lets_in(house.phone.token))
    assert not await works(house.phone)


async def test_signing_out_ends_everything(house: BlinkSetup) -> None:
    house.account.revoke_refresh()
    assert await works(house.phone)
    assert (await house.phone.renew()).json["error"] == "invalid_grant"
    house.account.sign_out()
    assert not await works(house.phone)


REFUSALS = {
    "a client that does not exist": ({"client": "web"}, 401, "invalid_client"),
    "the numeric client_id of BLINK_TOKENS": ({"client": "3100001"}, 401, "invalid_client"),
    "a client that did not get the token": ({"client": "ios"}, 401, "invalid_client"),
    "a made-up refresh token": ({"refresh_token": "made-up"}, 400, "invalid_grant"),
    "the dead password grant": ({"grant_type": "password"}, 401, "unsupported_grant_type"),
    "a refresh token as an authorization code": ({"grant_type": "authorization_code"}, 400, "invalid_request"),
    "another scope": ({"scope": "admin"}, 400, "invalid_scope"),
}


@pytest.mark.parametrize(("fields", "status", "error"), REFUSALS.values(), ids=REFUSALS.keys())
async def test_a_refresh_is_refused_and_uses_nothing_up(
    house: BlinkSetup, fields: dict[str, str], status: int, error: str
) -> None:
    heard = await house.phone.renew(**fields)
    assert (heard.status, heard.json["error"]) == (status, error)
    assert (await house.phone.renew()).status == 200


@pytest.mark.parametrize("name", ["Blinkpy", "Home Assistant"])
async def test_a_shared_hardware_id_is_not_acceptable(house: BlinkSetup, name: str) -> None:
    for heard in (await house.phone.renew(hardware_id=name), await house.phone.renew(headers={"hardware_id": name})):
        assert (heard.status, heard.raw) == (406, b"Not Acceptable")
        assert heard.headers["Content-Type"].startswith("text/plain")
    assert (await house.phone.renew(hardware_id="AAAAAAA")).status == 200


async def test_fields_that_a_refresh_does_not_have_are_a_surprise(house: BlinkSetup) -> None:
    assert (await house.phone.renew(device="phone")).status == 400
    assert (await house.phone.renew(password="secret")).status == 400
    async with house.session.post(f"http://{OAUTH}/oauth/token", json={"grant_type": "refresh_token"}) as answer:
        assert answer.status == 400
    assert len(house.sim.surprises) == 3


async def test_statuses_that_nobody_has_settled_can_be_chosen(house: BlinkSetup) -> None:
    house.world.invalid_grant_status = 401
    house.world.invalid_client_status = 400
    assert (await house.phone.renew(refresh_token="made-up")).status == 401
    assert (await house.phone.renew(client="ios")).status == 400
    house.world.any_client = True
    assert (await house.phone.renew(client="ios")).status == 200


async def test_the_region_is_found_at_the_first_contact(house: BlinkSetup) -> None:
    for host in (PROD, None):
        heard = await house.phone.get("/api/v1/users/tier_info", host=host)
        assert heard.json == {"tier": "e008", "account_id": house.account.id}
    assert (await house.phone.get("/api/v1/users/tier_info", host="rest-u008.immedia-semi.com")).status == 406


async def test_every_request_is_told_with_its_account(house: BlinkSetup) -> None:
    await house.phone.renew()
    await house.phone.clip(house.front)
    token, clip = house.sim.requests
    assert (token.route, token.host, token.account_id, token.status) == ("token", OAUTH, house.account.id, 200)
    assert isinstance(token.body, dict)
    assert token.body["client_id"] == "android"
    assert (clip.route, clip.method, clip.account_id, clip.body) == ("clip", "POST", house.account.id, None)
    assert house.sim.asked("clip") == [clip]
