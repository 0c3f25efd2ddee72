"""How long Blink wants to be left alone: said as Blink says it, and nothing is offered before."""

from __future__ import annotations

import pytest

from bot.blink import Denial, Denied
from tests.support.page import CODE, EMAIL, PASSWORD, SMS, PageSetup, Visitor, signed_in

SPANS = {30: "a minute", 600: "10 minutes", 3600: "60 minutes", 7201: "3 hours", 86_400: "24 hours"}


@pytest.mark.parametrize(("seconds", "span"), SPANS.items())
async def test_the_wait_is_said_and_no_form_is_offered(
    stage: PageSetup, visitor: Visitor, seconds: int, span: str
) -> None:
    stage.blink.says(Denied(Denial.LOCKED, 429, seconds))
    seen = await visitor.sign_in(await stage.invite())
    assert f"Blink accepts the next one in {span}." in seen.text
    assert seen.page.forms == {}


async def test_a_code_that_is_one_too_many_has_its_wait_too(stage: PageSetup, visitor: Visitor) -> None:
    stage.blink.says(SMS, Denied(Denial.LOCKED, 429, 600))
    await visitor.sign_in(await stage.invite())
    seen = await visitor.press("code", code=CODE)
    assert (seen.heading, seen.page.forms) == ("Blink accepts no sign-in for 10 minutes", {})
    assert stage.blink.open == 0


async def test_a_form_from_before_and_a_new_link_ask_blink_nothing(stage: PageSetup, visitor: Visitor) -> None:
    stage.blink.says(Denied(Denial.LOCKED, 429, 86_400))
    await visitor.open(await stage.invite())
    await visitor.press("confirm")
    before = visitor.last
    for _ in range(2):
        visitor.last = before
        seen = await visitor.press("password", username=EMAIL, password=PASSWORD)
        assert seen.heading == "Blink accepts no sign-in for 24 hours"
    stage.clock.pass_by(hours=4.5)
    other = stage.visitor()
    await other.open(await stage.invite())
    assert (await other.press("confirm")).heading == "Blink accepts no sign-in for 20 hours"
    assert len(stage.blink.heard) == 1


async def test_when_the_wait_is_over_one_can_sign_in(stage: PageSetup, visitor: Visitor) -> None:
    stage.blink.says(Denied(Denial.LOCKED, 429, 60), signed_in())
    path = await stage.invite()
    await visitor.sign_in(path)
    stage.clock.pass_by(seconds=61)
    assert "problem" not in (await visitor.open(path)).html
    assert (
        await visitor.press("password", username=EMAIL, password=PASSWORD)
    ).heading == "Your Blink account is linked"


async def test_an_answer_that_is_not_understood_says_first_to_try_again(stage: PageSetup, visitor: Visitor) -> None:
    stage.blink.says(Denied(Denial.NOT_UNDERSTOOD, 202))
    text = (await visitor.sign_in(await stage.invite())).text
    assert 0 < text.find("Try again in a minute.") < text.find("sign-in may have changed")
