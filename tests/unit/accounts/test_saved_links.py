"""Linking from BLINK_TOKENS: what is saved, and what stays as it was when it fails."""

import logging
from collections.abc import Callable
from typing import Any

import pytest

from bot.accounts import LinkedUnseen
from bot.blink import BadBlinkTokens, BlinkError, NeverSent, NotUnderstood, RateLimited, Refused, SignedOut, Unreachable
from bot.models import Region
from simulators.blink import Fault
from simulators.demo.network import SimulatedNames
from tests.support.linked import ALICE, AccountsSetup


async def test_a_link_reaches_the_cameras_and_keeps_the_rotated_token(
    town: AccountsSetup, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    inventory = await town.link()
    assert [camera.label for camera in inventory.cameras] == ["Front Door · Home"]
    account = await town.linked()
    assert town.alice.grant(account.tokens.refresh)
    assert (account.region, account.tokens.oauth_client) == (Region("e008", town.alice.id), "android")
    assert account.last_success_at
    assert [request.route for request in town.sim.requests] == ["token", "homescreen"]
    form = town.sim.requests[0].body
    assert isinstance(form, dict)
    assert set(form) == {"grant_type", "refresh_token", "client_id", "scope"}
    assert form["client_id"] == "android"
    for secret in (account.tokens.access, account.tokens.refresh, form["refresh_token"], town.alice.password):
        assert secret not in caplog.text + repr(account)


@pytest.mark.parametrize("missing", [{"host": ""}, {"account_id": ""}, {"host": "", "account_id": ""}])
async def test_where_the_home_is_not_told_blink_is_asked(town: AccountsSetup, missing: dict[str, str]) -> None:
    await town.link(**missing)
    assert [request.route for request in town.sim.requests] == ["token", "tier", "homescreen"]
    assert (await town.linked()).region == Region("e008", town.alice.id)


async def test_a_region_that_the_account_has_left_is_asked_for(town: AccountsSetup) -> None:
    inventory = await town.link(host="u008.immedia-semi.com")
    assert inventory.cameras
    assert [request.route for request in town.sim.requests] == ["token", "homescreen", "tier", "homescreen"]
    assert (await town.linked()).region == Region("e008", town.alice.id)


@pytest.fixture
def no_name(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Let no name that begins so lead anywhere."""

    def none(beginning: str) -> None:
        found = SimulatedNames.resolve

        async def resolve(names: SimulatedNames, host: str, *more: Any, **options: Any) -> Any:
            if host.startswith(beginning):
                raise OSError(f"{host} is not known")
            return await found(names, host, *more, **options)

        monkeypatch.setattr(SimulatedNames, "resolve", resolve)

    return none


async def test_a_region_that_does_not_exist_is_asked_for(town: AccountsSetup, no_name: Callable[[str], None]) -> None:
    no_name("rest-e080.")
    inventory = await town.link(host="e080.immedia-semi.com")
    assert inventory.cameras
    assert [request.route for request in town.sim.requests] == ["token", "tier", "homescreen"]
    assert (await town.linked()).region == Region("e008", town.alice.id)


async def test_a_region_stays_as_given_if_blink_cannot_be_reached_at_all(
    town: AccountsSetup, no_name: Callable[[str], None]
) -> None:
    no_name("rest-")
    with pytest.raises(LinkedUnseen) as caught:
        await town.link()
    assert type(caught.value.why) is NeverSent
    assert (await town.linked()).region == Region("e008", town.alice.id)


async def test_another_accounts_number_is_never_asked_for(town: AccountsSetup) -> None:
    bob = town.world.add_account(email="bob@example.com")
    await town.link(account_id=str(bob.id))
    assert all(f"/{bob.id}/" not in request.path for request in town.sim.requests)
    assert (await town.linked()).region == Region("e008", town.alice.id)


async def test_what_cannot_be_read_sends_nothing(town: AccountsSetup) -> None:
    with pytest.raises(BadBlinkTokens):
        await town.link(host="e008.immedia-semi.com.evil.com")
    assert town.sim.requests == []
    assert await town.store.accounts.account(ALICE) is None


REFUSED: dict[str, tuple[Fault, type[BlinkError]]] = {
    "a dead token": (Fault("token", status=400, body={"error": "invalid_grant"}), SignedOut),
    "trouble": (Fault("token", status=503), Unreachable),
    "too often": (Fault("token", status=429), RateLimited),
    "nonsense": (Fault("token", body="<html>"), NotUnderstood),
    "an app that is too old": (Fault("token", status=426), Refused),
}


@pytest.mark.parametrize(("fault", "error"), REFUSED.values(), ids=REFUSED.keys())
async def test_an_earlier_link_stays_unless_blink_accepted_the_new_one(
    town: AccountsSetup, fault: Fault, error: type[BlinkError]
) -> None:
    await town.link()
    before = await town.linked()
    town.sim.faults.append(fault)
    with pytest.raises(error):
        await town.link()
    assert await town.linked() == before


UNSEEN: dict[str, tuple[Fault, type[BlinkError]]] = {
    "trouble": (Fault("homescreen", status=503), Unreachable),
    "too often": (Fault("homescreen", status=429), RateLimited),
    "nonsense": (Fault("homescreen", body={"message": "hello"}), NotUnderstood),
}


@pytest.mark.parametrize(("fault", "why"), UNSEEN.values(), ids=UNSEEN.keys())
async def test_a_link_whose_cameras_cannot_be_listed_is_made_all_the_same(
    town: AccountsSetup, fault: Fault, why: type[BlinkError]
) -> None:
    town.sim.faults.append(fault)
    with pytest.raises(LinkedUnseen) as caught:
        await town.link()
    assert type(caught.value.why) is why
    account = await town.linked()
    assert town.alice.grant(account.tokens.refresh)
    session: Any = await town.sessions().session(ALICE)
    assert (await session.client.inventory()).cameras


async def test_a_new_link_replaces_the_old_one(town: AccountsSetup) -> None:
    await town.link()
    before = await town.linked()
    await town.store.accounts.mark_signed_out(before, at=town.clock())
    await town.link()
    after = await town.linked()
    assert after.link_id != before.link_id
    assert after.signed_out_at is None
