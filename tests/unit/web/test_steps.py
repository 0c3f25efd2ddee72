"""From a link to a linked account, and every way in which Blink stops somebody on the way."""

import asyncio

import pytest

from bot.blink import CodeWanted, Denial, Denied
from tests.support.page import CODE, EMAIL, PASSWORD, SMS, USER, PageSetup, Visitor, signed_in
from tests.support.scripted import Say
from tests.support.waiting import until


async def test_step_1_says_whose_the_link_is_and_asks_nothing_else(stage: PageSetup, visitor: Visitor) -> None:
    seen = await visitor.open(await stage.invite())
    assert seen.status == 200
    assert seen.heading == "Is this your Discord account?"
    assert "Alice Example Discord user 4711" in seen.text
    assert list(seen.page.values) == ["form"]
    assert stage.blink.heard == []


async def test_without_a_code_the_cameras_are_shown_at_once(stage: PageSetup, visitor: Visitor) -> None:
    stage.blink.says(signed_in())
    seen = await visitor.sign_in(await stage.invite())
    assert seen.heading == "Your Blink account is linked"
    assert "2 cameras were found: Front Door Home · Outdoor Garage Home · Indoor · offline" in seen.text
    assert "Back to Discord" in seen.text
    assert stage.blink.heard == [("password", EMAIL, PASSWORD)]
    assert stage.memory.links[USER.user_id].tokens.refresh == "refresh-of-the-tests"
    assert stage.blink.open == 0


async def test_with_a_code_the_page_says_where_it_was_sent(stage: PageSetup, visitor: Visitor) -> None:
    stage.blink.says(SMS, signed_in())
    seen = await visitor.sign_in(await stage.invite())
    assert seen.heading == "Enter the code from Blink"
    assert "Blink sent you a code by text message to +49******12." in seen.text
    seen = await visitor.press("code", code=f" {CODE[:3]}-{CODE[3:]} ")
    assert seen.heading == "Your Blink account is linked"
    assert stage.blink.heard[-1] == ("code", CODE)


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        (CodeWanted("whatsapp", "+1 ***"), "Blink sent you a code by WhatsApp to +1 ***."),
        (CodeWanted("voice"), "Blink sent you a code by a phone call."),
        (CodeWanted("email", "a***@e***.org"), "Blink sent you a code by e-mail to a***@e***.org."),
        (CodeWanted(None, "+1 ***"), "Blink sent you a code to +1 ***."),
        (CodeWanted(), "Blink sent you a code. Check your messages, calls and e-mail."),
        (CodeWanted("pigeon"), "Blink sent you a code. Check your messages, calls and e-mail."),
    ],
    ids=lambda value: value.method or "unknown" if isinstance(value, CodeWanted) else "",
)
async def test_each_way_of_a_code_is_said(stage: PageSetup, visitor: Visitor, wanted: CodeWanted, words: str) -> None:
    stage.blink.says(wanted)
    assert words in (await visitor.sign_in(await stage.invite())).text


REFUSALS = {
    Denied(Denial.WRONG_PASSWORD): "Blink does not accept this e-mail address with this password.",
    Denied(Denial.LOCKED): "locked this account after too many attempts",
    Denied(Denial.BLOCKED, 406): "Blink refuses this bot (406).",
    Denied(Denial.UNREACHABLE): "Blink does not answer. It is not you",
    Denied(Denial.NOT_UNDERSTOOD, 418): "something the bot does not understand (HTTP 418)",
}


@pytest.mark.parametrize("denied", REFUSALS, ids=lambda denied: denied.why.value)
async def test_a_refused_password_has_its_own_words_and_keeps_the_e_mail(
    stage: PageSetup, visitor: Visitor, denied: Denied
) -> None:
    stage.blink.says(denied, signed_in())
    seen = await visitor.sign_in(await stage.invite())
    assert REFUSALS[denied] in seen.text
    assert "<title>Error: Sign in to Blink (step 2 of 4) · blink-clip-bot</title>" in seen.html
    assert (seen.page.values["username"], seen.page.values["password"]) == (EMAIL, "")
    again = await visitor.open(visitor.path)
    assert REFUSALS[denied] in again.text, "reloading shows it again"
    assert len(stage.blink.heard) == 1, "and asks Blink nothing"
    assert (
        await visitor.press("password", username=EMAIL, password=PASSWORD)
    ).heading == "Your Blink account is linked"


@pytest.mark.parametrize(
    ("denied", "words", "stays"),
    [
        (Denied(Denial.WRONG_CODE), "Blink does not accept this code.", True),
        (Denied(Denial.UNREACHABLE), "Blink does not answer.", True),
        (Denied(Denial.CODE_EXPIRED), "The code is too old.", False),
        (Denied(Denial.START_AGAIN), "Start again here for a new code.", False),
        (Denied(Denial.LOCKED), "locked this account after too many attempts", False),
        (Denied(Denial.BLOCKED, 406), "(406)", False),
        (Denied(Denial.NOT_UNDERSTOOD), "something the bot does not understand.", False),
    ],
    ids=lambda value: value.why.value if isinstance(value, Denied) else "",
)
async def test_a_refused_code_has_its_own_words(
    stage: PageSetup, visitor: Visitor, denied: Denied, words: str, stays: bool
) -> None:
    stage.blink.says(SMS, denied, signed_in())
    await visitor.sign_in(await stage.invite())
    seen = await visitor.press("code", code=CODE)
    assert words in seen.text
    if stays:
        seen = await visitor.press("code", code=CODE)
    else:
        assert seen.page.values["username"] == EMAIL
        seen = await visitor.press("password", username=EMAIL, password=PASSWORD)
    assert seen.heading == "Your Blink account is linked"
    assert stage.blink.open == 0


async def test_somebody_can_start_again_for_a_new_code(stage: PageSetup, visitor: Visitor) -> None:
    stage.blink.says(SMS)
    await visitor.sign_in(await stage.invite())
    seen = await visitor.press("again")
    assert (seen.heading, seen.page.values["username"]) == ("Sign in to Blink", EMAIL)
    seen = await visitor.press("password", username=EMAIL, password=PASSWORD)
    assert seen.heading == "Enter the code from Blink"
    assert stage.blink.open == 1, "the earlier attempt is forgotten"


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"username": "", "password": PASSWORD}, "Type the e-mail address"),
        ({"username": "  ", "password": PASSWORD}, "Type the e-mail address"),
        ({"username": "a@b.org\nBcc: x", "password": PASSWORD}, "Type the e-mail address"),
        ({"username": "a" * 255, "password": PASSWORD}, "Type the e-mail address"),
        ({"username": EMAIL, "password": ""}, "Type your Blink password"),
        ({"username": EMAIL, "password": "p" * 1025}, "Type your Blink password"),
        ({}, "Type the e-mail address"),
    ],
    ids=["no e-mail", "blank", "two lines", "long e-mail", "no password", "long password", "nothing"],
)
async def test_what_cannot_be_a_sign_in_does_not_reach_blink(
    stage: PageSetup, visitor: Visitor, fields: dict[str, str], words: str
) -> None:
    await visitor.open(await stage.invite())
    await visitor.press("confirm")
    assert words in (await visitor.press("password", **fields)).text
    assert stage.blink.heard == []


@pytest.mark.parametrize("typed", ["", "12", "12345678901", "12345a", "<script>", "\uff11\uff12"])
async def test_what_cannot_be_a_code_does_not_reach_blink(stage: PageSetup, visitor: Visitor, typed: str) -> None:
    stage.blink.says(SMS)
    await visitor.sign_in(await stage.invite())
    assert "That is not a code" in (await visitor.press("code", code=typed)).text
    assert len(stage.blink.heard) == 1


async def test_a_double_click_signs_in_once(stage: PageSetup, visitor: Visitor) -> None:
    stage.blink.says(SMS)
    await visitor.open(await stage.invite())
    await visitor.press("confirm")
    stage.blink.gate.clear()
    looked = stage.memory.looked
    clicks = [asyncio.create_task(visitor.send("password", username=EMAIL, password=PASSWORD)) for _ in range(3)]
    await until(lambda: stage.memory.looked == looked + 4)  # three forms, and the first one again before Blink is asked
    stage.blink.gate.set()
    assert [answer.status for answer in await asyncio.gather(*clicks)] == [303, 303, 303]
    assert len(stage.blink.heard) == 1
    assert (await visitor.open(visitor.path)).heading == "Enter the code from Blink"


async def test_a_link_that_ends_while_blink_is_asked_still_shows_that_it_worked(
    stage: PageSetup, visitor: Visitor
) -> None:
    stage.blink.says(signed_in())
    await visitor.open(await stage.invite())
    await visitor.press("confirm")
    stage.blink.gate.clear()
    sending = asyncio.create_task(visitor.send("password", username=EMAIL, password=PASSWORD))
    await until(lambda: stage.blink.heard)
    stage.clock.pass_by(minutes=11)
    other = stage.visitor()
    assert (await other.open(visitor.path)).status == 404, "another look at it in between"
    stage.blink.gate.set()
    assert (await sending).status == 303
    assert (await visitor.open(visitor.path)).heading == "Your Blink account is linked"


async def test_cameras_that_blink_does_not_list_do_not_undo_the_link(stage: PageSetup, visitor: Visitor) -> None:
    stage.cloud.says(Say({}, status=503))
    stage.blink.says(signed_in())
    seen = await visitor.sign_in(await stage.invite())
    assert "Blink has not listed your cameras yet" in seen.text
    assert USER.user_id in stage.memory.links


async def test_an_account_without_cameras_is_told_so(stage: PageSetup, visitor: Visitor) -> None:
    stage.cloud.says(Say({"networks": [], "cameras": []}))
    stage.blink.says(signed_in())
    assert "This Blink account has no cameras" in (await visitor.sign_in(await stage.invite())).text
