"""Visitors from many addresses: who guesses is slowed down, and who does not is let in."""

from __future__ import annotations

import asyncio

import pytest

from bot.accounts import LinkStep
from bot.blink import Denial, Denied
from bot.models import Invited
from tests.support.page import CODE, EMAIL, PASSWORD, SMS, PageSetup, Seen, Visitor, signed_in
from tests.support.waiting import until

WRONG_PASSWORD, WRONG_CODE = Denied(Denial.WRONG_PASSWORD, 401), Denied(Denial.WRONG_CODE, 400)
TOO_MANY = "Too many attempts"


class Roaming(Visitor):
    """A visitor who comes from another address with each request."""

    def __init__(self, stage: PageSetup, network: int = 0) -> None:
        super().__init__(stage.http, stage.url)
        self._network, self._asked = network, 0

    async def ask(self, method: str, path: str, **request: object) -> Seen:
        self._asked += 1
        address = f"10.{self._network // 256}.{self._network % 256}.{self._asked}"
        return await super().ask(method, path, headers={"X-Forwarded-For": address}, **request)


@pytest.fixture
async def stage(stage: PageSetup) -> PageSetup:
    """A page behind a proxy whose word is taken for the visitors' addresses."""
    await stage.restart(trusted_hops=1)
    return stage


def shown(stage: PageSetup, what: str) -> int:
    """Return how many passwords or codes Blink has seen."""
    return [told[0] for told in stage.blink.heard].count(what)


async def test_new_links_and_addresses_give_a_person_no_new_passwords(stage: PageSetup) -> None:
    stage.blink.says(WRONG_PASSWORD)
    for number in range(8):
        seen = await Roaming(stage, number).sign_in(await stage.invite())
    assert TOO_MANY in seen.text
    assert shown(stage, "password") == 5
    stage.clock.pass_by(minutes=11)
    assert TOO_MANY not in (await Roaming(stage).sign_in(await stage.invite())).text


async def test_a_link_takes_five_wrong_codes_from_wherever_they_come(stage: PageSetup) -> None:
    stage.blink.says(SMS, WRONG_CODE)
    visitor = Roaming(stage)
    await visitor.sign_in(await stage.invite())
    for _ in range(8):
        seen = await visitor.press("code", code=CODE)
    assert TOO_MANY in seen.text
    assert shown(stage, "code") == 5


async def test_a_person_who_has_codes_sent_again_and_again_is_stopped_before_blink_stops_them(stage: PageSetup) -> None:
    stage.blink.says(SMS)
    for number in range(8):
        seen = await Roaming(stage, number).sign_in(await stage.invite())
    assert TOO_MANY in seen.text
    assert shown(stage, "password") == 5


async def typed(stage: PageSetup, person: int, times: int) -> list[LinkStep]:
    """Return what comes of it if a person, from addresses of their own, types a password so often."""
    token, _ = await stage.linking.invite(Invited(person, "somebody"))
    return [
        await stage.linking.password(token, username=EMAIL, password=PASSWORD, address=f"10.1.{person}.{number}")
        for number in range(times)
    ]


async def test_a_crowd_that_guesses_gets_little_and_keeps_nobody_out(stage: PageSetup) -> None:
    stage.blink.says(WRONG_PASSWORD)
    for person in range(25):
        await typed(stage, person, 5)
    assert shown(stage, "password") == 105, "a hundred in all, then one a person"
    stage.blink.says(SMS, signed_in())
    innocent = Roaming(stage)
    await innocent.sign_in(await stage.invite())
    assert (await innocent.press("code", code=CODE)).heading == "Your Blink account is linked"


async def test_people_who_leave_their_code_lying_keep_nobody_out(stage: PageSetup) -> None:
    stage.blink.says(SMS)
    for person in range(100):
        await typed(stage, person, 1)
    assert stage.blink.open == 100
    stage.blink.says(SMS, signed_in())
    innocent = Roaming(stage)
    await innocent.sign_in(await stage.invite())
    assert stage.blink.open == 100, "the oldest gave way"
    assert (await innocent.press("code", code=CODE)).heading == "Your Blink account is linked"


async def test_a_new_link_forgets_the_sign_in_behind_the_one_before(stage: PageSetup) -> None:
    stage.blink.says(SMS)
    await Roaming(stage).sign_in(await stage.invite())
    assert stage.blink.open == 1
    await stage.invite()
    assert stage.blink.open == 0


async def test_a_link_that_is_replaced_while_blink_is_asked_leaves_no_sign_in_behind(stage: PageSetup) -> None:
    stage.blink.says(SMS)
    visitor = Roaming(stage)
    await visitor.open(await stage.invite())
    await visitor.press("confirm")
    stage.blink.gate.clear()
    sending = asyncio.create_task(visitor.send("password", username=EMAIL, password=PASSWORD))
    await until(lambda: stage.blink.heard)
    await stage.invite()
    stage.blink.gate.set()
    assert (await sending).status == 404
    assert stage.blink.open == 0


async def test_behind_a_proxy_that_nobody_trusts_one_visitor_keeps_nobody_out(
    stage: PageSetup, caplog: pytest.LogCaptureFixture
) -> None:
    await stage.restart(scheme="https", trusted_hops=0)
    stage.blink.says(WRONG_PASSWORD)
    for person in range(4):
        visitor = Roaming(stage)
        await visitor.sign_in(await stage.invite(Invited(person, "a guesser")))
        for _ in range(4):
            await visitor.press("password", username=EMAIL, password=PASSWORD)
    assert shown(stage, "password") == 20
    stage.blink.says(signed_in())
    assert (await Roaming(stage).sign_in(await stage.invite())).heading == "Your Blink account is linked"
    assert [record.message for record in caplog.records].count(
        "a proxy stands before the page, but none is trusted: there are no limits per address"
    ) == 1
