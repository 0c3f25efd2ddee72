"""Linking again ends the earlier sign-in at Blink, unless that could end the new one."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.accounts import LinkedUnseen
from bot.models import Account, Region, Tokens
from simulators.blink import Fault
from tests.support.linked import ALICE, AccountsSetup


def a_link(town: AccountsSetup, hardware_id: str, **changes: Any) -> Account:
    """Somebody's link as a finished sign-in makes it."""
    given = town.alice.sign_in("ios", hardware_id=hardware_id)
    assert given.refresh
    tokens = Tokens(given.access, given.refresh, town.clock() + timedelta(hours=4), "ios", hardware_id)
    home = Region(town.alice.tier, town.alice.id)
    return replace(Account(ALICE, f"link of {given.access[-8:]}", tokens, town.clock(), home), **changes)


async def linked_again(town: AccountsSetup, earlier: Account, account: Account) -> None:
    await town.store.accounts.link(account)
    sessions = town.sessions()
    sessions.sign_out_earlier(earlier, await sessions.of(account))
    await sessions.close()
    assert town.alice.grant(account.tokens.refresh), "the new one lives in any case"
    assert town.alice.lets_in(account.tokens.access)


async def test_another_client_is_signed_out(town: AccountsSetup) -> None:
    earlier = a_link(town, "one")
    await linked_again(town, earlier, a_link(town, "other"))
    assert town.alice.grant(earlier.tokens.refresh) is None


async def test_one_whose_access_token_is_over_is_signed_out_too(town: AccountsSetup) -> None:
    earlier = a_link(town, "one")
    town.alice.expire_access_tokens()
    account = a_link(town, "other")
    await linked_again(town, earlier, account)
    assert [request.status for request in town.sim.asked("logout")] == [200]


async def test_the_same_client_stays(town: AccountsSetup) -> None:
    earlier = a_link(town, "the same")
    await linked_again(town, earlier, a_link(town, "the same"))
    assert town.sim.asked("logout") == []
    assert town.alice.grant(earlier.tokens.refresh)


async def test_without_both_numbers_it_stays(town: AccountsSetup) -> None:
    for skip in (0, 1):
        earlier = a_link(town, f"one {skip}")
        town.sim.faults.append(Fault("homescreen", body={"networks": []}, headers={"Client-Id": ""}, skip=skip))
        await linked_again(town, earlier, a_link(town, f"other {skip}"))
        assert town.sim.asked("logout") == []
        assert town.alice.grant(earlier.tokens.refresh)


async def test_one_that_blink_has_ended_is_left_alone(town: AccountsSetup) -> None:
    await linked_again(town, a_link(town, "one", signed_out_at=town.clock()), a_link(town, "other"))
    assert town.sim.requests == []


async def test_blink_tokens_end_the_sign_in_before_once_they_are_linked(town: AccountsSetup) -> None:
    earlier = a_link(town, "one")
    await town.store.accounts.link(earlier)
    await town.link()
    assert town.alice.grant(earlier.tokens.refresh) is None
    assert town.alice.grant((await town.linked()).tokens.refresh)


async def test_a_link_whose_own_number_is_not_known_yet_ends_nothing(town: AccountsSetup) -> None:
    earlier = a_link(town, "one")
    await town.store.accounts.link(earlier)
    town.sim.faults.append(Fault("homescreen", status=503))
    with pytest.raises(LinkedUnseen):
        await town.link()
    assert town.sim.asked("logout") == []
    assert town.alice.grant(earlier.tokens.refresh)
