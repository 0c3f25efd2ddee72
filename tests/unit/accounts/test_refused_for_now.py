"""A 401 without a reason: tried again, ever more seldom, and an end only when it has lasted over an hour."""

from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from bot.accounts import Session, Sessions
from bot.blink import SignedOut, Unreachable, refresh
from bot.jobs.step_context import end_of
from bot.models import End
from bot.wording import any_command
from simulators.blink import Fault
from tests.support.linked import ALICE, AccountsSetup

BARE = Fault("token", status=401, body="", times=None)


@pytest.fixture
async def refused(town: AccountsSetup, monkeypatch: pytest.MonkeyPatch) -> AccountsSetup:
    """Alice is linked, and Blink refuses every refresh without a word."""
    monkeypatch.setattr("bot.accounts.token_refresh.refresh", partial(refresh, second_look=0.0))
    await town.link()
    town.expired()
    town.sim.requests.clear()
    town.sim.faults.append(BARE)
    return town


@pytest.fixture
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test makes them by turning the clock."""
    monkeypatch.setattr("bot.accounts.token_refresh.LinkBearer._pause", lambda *_: 0.0)


async def opened(sessions: Sessions) -> Session:
    session = await sessions.session(ALICE)
    assert session
    return session


async def refusal(session: Session) -> SignedOut:
    with pytest.raises(SignedOut) as caught:
        await session.client.inventory()
    return caught.value


@pytest.mark.usefixtures("no_pauses")
async def test_a_minute_of_it_signs_nobody_out(refused: AccountsSetup) -> None:
    session = await opened(refused.sessions())
    for _ in range(10):
        error = await refusal(session)
        assert not error.final
        refused.clock.ahead += timedelta(seconds=6)
    assert not (await refused.linked()).signed_out_at
    assert end_of(error) is End.REFUSED_FOR_NOW
    assert "Blink refuses for now" in any_command.blink(error).text
    refused.sim.faults.clear()
    assert (await session.client.inventory()).cameras


@pytest.mark.usefixtures("no_pauses")
async def test_over_an_hour_of_it_is_an_end(refused: AccountsSetup) -> None:
    session = await opened(refused.sessions())
    for _ in range(6):
        assert not (await refusal(session)).final
        refused.clock.ahead += timedelta(minutes=10)
    assert (await refusal(session)).final
    assert (await refused.linked()).signed_out_at


@pytest.mark.usefixtures("no_pauses")
async def test_two_far_apart_are_not_an_hour_of_it(refused: AccountsSetup) -> None:
    session = await opened(refused.sessions())
    await refusal(session)
    refused.clock.ahead += timedelta(hours=3)
    assert not (await refusal(session)).final


@pytest.mark.usefixtures("no_pauses")
async def test_a_refresh_that_works_between_begins_the_hour_again(refused: AccountsSetup) -> None:
    session = await opened(refused.sessions())
    for _ in range(2):
        for _ in range(6):
            assert not (await refusal(session)).final
            refused.clock.ahead += timedelta(minutes=10)
        refused.sim.faults.clear()
        await session.client.inventory()
        refused.expired()
        refused.sim.faults.append(BARE)


@pytest.mark.usefixtures("no_pauses")
async def test_what_comes_between_other_trouble_at_blink_is_not_in_a_row(refused: AccountsSetup) -> None:
    session = await opened(refused.sessions())
    for _ in range(10):
        assert not (await refusal(session)).final
        refused.clock.ahead += timedelta(minutes=10)
        refused.sim.faults[:] = [Fault("token", status=503)]
        with pytest.raises(Unreachable):
            await session.client.inventory()
        refused.sim.faults[:] = [BARE]
    assert not (await refused.linked()).signed_out_at


async def test_it_is_tried_ever_more_seldom_up_to_ten_minutes(refused: AccountsSetup) -> None:
    session = await opened(refused.sessions())
    for _ in range(20):
        await refusal(session)
    assert len(refused.refreshes) == 4, "two tries, each with a second look"
    bearer = session._bearer
    pauses = [bearer._pause(SignedOut("", final=False)) for bearer._failures in range(1, 21)]
    assert pauses[:4] == [0, 1, 2, 4]
    assert pauses[-1] == 600


async def test_an_account_whose_region_is_not_known_keeps_the_pace_too(refused: AccountsSetup) -> None:
    await refused.store.accounts.link(replace(await refused.linked(), region=None))
    refused.sim.faults[:] = [Fault("token", status=503, times=None)]
    sessions = refused.sessions()
    for _ in range(10):
        with pytest.raises(Unreachable):
            await sessions.session(ALICE)
    assert len(refused.refreshes) == 2
