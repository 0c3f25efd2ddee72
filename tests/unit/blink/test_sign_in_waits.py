"""Too many sign-ins or codes: Blink says in the body of its 429 how long to wait."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.blink import CodeWanted, Denial, Denied, SignedIn, Transport
from simulators.blink import Fault
from simulators.demo.tls import Authority
from tests.support.scripted import Say, Scripted
from tests.unit.blink.signing import BEGUN, EMAIL, PASSWORD, TYPED, Door, front_door, sign_in_at

LIMITED = {"error": "too_many_requests", "error_cause": "2fa_rate_limit_exceeded", "error_description": "Later."}


@pytest.fixture
async def door(authority: Authority) -> AsyncIterator[Door]:
    async with front_door(authority) as door:
        yield door


@pytest.mark.parametrize("seconds", [600, 86_400])
async def test_a_sign_in_that_is_one_too_many(door: Door, seconds: int) -> None:
    door.account.limit_codes(seconds)
    assert await door.sign_in().password(EMAIL, PASSWORD) == Denied(Denial.LOCKED, 429, seconds)
    assert door.account.codes == []
    door.account.limit_codes(0)  # the time has passed
    assert isinstance(await door.sign_in().password(EMAIL, PASSWORD), CodeWanted)


@pytest.mark.parametrize("seconds", [600, 86_400])
async def test_a_code_that_is_one_too_many(door: Door, seconds: int) -> None:
    sign_in = door.sign_in()
    await sign_in.password(EMAIL, PASSWORD)
    door.account.limit_codes(seconds)
    assert await sign_in.code(door.code) == Denied(Denial.LOCKED, 429, seconds)
    assert await sign_in.code(door.code) == Denied(Denial.START_AGAIN)


async def test_each_new_sign_in_sends_a_code_that_counts(door: Door) -> None:
    door.world.sign_ins.codes = 3
    for _ in range(3):
        assert isinstance(await door.sign_in().password(EMAIL, PASSWORD), CodeWanted)
    assert await door.sign_in().password(EMAIL, PASSWORD) == Denied(Denial.LOCKED, 429, 600)
    assert len(door.account.codes) == 3
    door.account.limit_codes(0)
    sign_in = door.sign_in()
    await sign_in.password(EMAIL, PASSWORD)
    assert isinstance(await sign_in.code(door.code), SignedIn)


WAITS: dict[str, tuple[Any, int | None]] = {
    "a fraction": (0.5, 1),
    "far too long": (10**12, 2 * 86_400),
    "none": (0, None),
    "in the past": (-5, None),
    "a word": ("soon", None),
    "yes": (True, None),
    "nothing": (None, None),
}


@pytest.mark.parametrize(("told", "wait"), WAITS.values(), ids=WAITS)
async def test_a_wait_is_believed_within_reason(
    blink: Scripted, transport: Transport, told: Any, wait: int | None
) -> None:
    blink.says(*BEGUN, Say({**LIMITED, "next_time_in_secs": told}, 429))
    assert await sign_in_at(blink, transport).password(*TYPED[:2]) == Denied(Denial.LOCKED, 429, wait)


@pytest.mark.parametrize("status", [400, 403, 412])
async def test_the_cause_counts_whatever_the_status(door: Door, status: int) -> None:
    sign_in = door.sign_in()
    await sign_in.password(EMAIL, PASSWORD)
    door.sim.faults.append(Fault("verify", status=status, body={**LIMITED, "next_time_in_secs": 600}))
    assert await sign_in.code(door.code) == Denied(Denial.LOCKED, status, 600)
