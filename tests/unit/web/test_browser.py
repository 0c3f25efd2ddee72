"""A link belongs to the browser that confirmed it, and each form to the page that it was on."""

import asyncio
from datetime import timedelta

import pytest

from bot.blink import Denial, Denied
from tests.support.page import CODE, EMAIL, PASSWORD, SMS, USER, PageSetup, Visitor, signed_in
from tests.support.waiting import until

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


async def test_the_cookie_is_random_and_kept_from_scripts_and_other_sites(stage: PageSetup, visitor: Visitor) -> None:
    seen = await visitor.open(await stage.invite())
    cookie = seen.headers["Set-Cookie"]
    assert cookie.startswith("link=")
    assert {"HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=1800"} <= set(cookie.split("; "))
    other = stage.visitor()
    await other.open(visitor.path)
    assert other.cookies["link"] != visitor.cookies["link"]


async def test_over_https_the_cookie_is_secure_and_bound_to_the_host(stage: PageSetup, visitor: Visitor) -> None:
    await stage.restart(scheme="https")
    stage.blink.says(signed_in())
    await visitor.sign_in(await stage.invite())
    assert list(visitor.cookies) == ["__Host-link"]
    cookie = visitor.answers[0].headers["Set-Cookie"]
    assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))
    assert "Domain" not in cookie
    assert USER.user_id in stage.memory.links


@pytest.mark.parametrize("step", ["confirm", "password", "code", "again"])
@pytest.mark.parametrize("wrong", ["none", "empty", "odd", "another session's", "another link's", "another site's"])
async def test_a_form_without_its_token_is_refused(stage: PageSetup, visitor: Visitor, step: str, wrong: str) -> None:
    stage.blink.says(SMS)
    path = await stage.invite()
    await visitor.open(path)
    if step != "confirm":
        await visitor.press("confirm")
    if step in ("code", "again"):
        await visitor.press("password", username=EMAIL, password=PASSWORD)
    heard = list(stage.blink.heard)
    assert visitor.last
    fields = {**visitor.last.page.forms[step], "username": EMAIL, "password": PASSWORD, "code": CODE}
    headers: dict[str, str] = {}
    other = stage.visitor()
    match wrong:
        case "none":
            del fields["form"]
        case "empty":
            fields["form"] = ""
        case "odd":
            fields["form"] = "ü" * 64
        case "another session's":
            fields["form"] = (await other.open(path)).page.values.get("form", "0" * 64)
        case "another link's":
            other.cookies = dict(visitor.cookies)
            elsewhere = f"/link/{(await stage.linking.invite(type(USER)(1, 'Bob')))[0]}"
            fields["form"] = (await other.open(elsewhere)).page.values["form"]
        case _:
            headers = {"Sec-Fetch-Site": "cross-site"}
    answer = await visitor.ask("POST", path, data=fields, headers=headers)
    assert (answer.status, answer.heading) == (403, "Please start again")
    assert f'href="{path}"' in answer.html
    assert stage.blink.heard == heard


@pytest.mark.parametrize("cookie", [None, "", "short", "ü" * 43, "a" * 44])
async def test_a_form_without_the_cookie_is_refused(stage: PageSetup, visitor: Visitor, cookie: str | None) -> None:
    await visitor.open(await stage.invite())
    visitor.cookies = {} if cookie is None else {"link": cookie}
    answer = await visitor.send("confirm")
    assert (answer.status, answer.heading) == (403, "Please start again")
    assert "keeps no cookies" in answer.text


async def test_another_browser_can_neither_see_nor_go_on_with_a_confirmed_link(
    stage: PageSetup, visitor: Visitor
) -> None:
    stage.blink.says(SMS)
    path = await stage.invite()
    other = stage.visitor()
    await other.open(path)
    await visitor.sign_in(path)
    assert visitor.last
    attempt = visitor.last.page.values["attempt"]
    for do in ("confirm", "password", "code", "again"):
        fields = {"do": do, "username": EMAIL, "password": PASSWORD, "code": CODE, "attempt": attempt}
        answer = await other.send("confirm", **fields)
        assert (answer.status, answer.heading) == (403, "This link is open in another browser"), do
    answer = await stage.visitor().open(path)
    assert (answer.status, answer.heading) == (403, "This link is open in another browser")
    assert EMAIL not in answer.html
    assert len(stage.blink.heard) == 1


async def test_no_step_can_be_taken_before_the_first(stage: PageSetup, visitor: Visitor) -> None:
    await visitor.open(await stage.invite())
    for do in ("password", "code", "again"):
        answer = await visitor.send("confirm", do=do, username=EMAIL, password=PASSWORD, code=CODE)
        assert (answer.status, answer.heading) == (403, "Please start again")
    assert stage.blink.heard == []


async def test_used_expired_unknown_and_malformed_links_read_the_same(stage: PageSetup, visitor: Visitor) -> None:
    stage.blink.says(signed_in())
    used = await stage.invite()
    await visitor.sign_in(used)
    other = stage.visitor()
    replaced = await stage.invite()
    expired = await stage.invite()
    answers = [await other.open(used), await other.open(replaced)]
    stage.clock.pass_by(minutes=10, seconds=1)
    answers += [
        await other.open(path) for path in (expired, "/link/" + "A" * 43, "/link/x", "/link/%0d%0aSet-Cookie:x")
    ]
    assert {(answer.status, answer.html) for answer in answers} == {(404, answers[0].html)}
    assert answers[0].heading == "This link cannot be used"
    assert all("Set-Cookie" not in answer.headers for answer in answers)


async def test_who_has_just_linked_may_look_again_and_nobody_else(stage: PageSetup, visitor: Visitor) -> None:
    stage.blink.says(signed_in())
    path = await stage.invite()
    await visitor.open(path)
    await visitor.press("confirm")
    assert visitor.last
    old = visitor.last
    await visitor.press("password", username=EMAIL, password=PASSWORD)
    assert (await visitor.open(path)).heading == "Your Blink account is linked"
    assert (await stage.visitor().open(path)).status == 404
    visitor.last = old  # the second tab, or the way back
    seen = await visitor.press("password", username=EMAIL, password="another")
    assert seen.heading == "Your Blink account is linked"
    assert len(stage.blink.heard) == 1
    stage.clock.pass_by(minutes=11)
    assert (await visitor.open(path)).status == 404


async def test_of_two_tabs_the_one_with_the_older_code_says_so(stage: PageSetup, visitor: Visitor) -> None:
    stage.blink.says(SMS, SMS, signed_in())
    path = await stage.invite()
    first = visitor
    await first.open(path)
    await first.press("confirm")
    second = stage.visitor()
    second.cookies = first.cookies
    await second.open(path)
    await first.press("password", username=EMAIL, password=PASSWORD)
    await second.press("password", username="bob@example.org", password=PASSWORD)
    assert stage.blink.open == 1
    seen = await first.press("code", code=CODE)
    assert "You have asked for a newer code since then, perhaps in another tab." in seen.text
    assert len(stage.blink.heard) == 2
    assert (await second.press("code", code=CODE)).heading == "Your Blink account is linked"


async def test_two_tabs_that_sign_in_at_once_take_turns(stage: PageSetup, visitor: Visitor) -> None:
    stage.blink.says(Denied(Denial.WRONG_PASSWORD), SMS)
    await visitor.open(await stage.invite())
    await visitor.press("confirm")
    stage.blink.gate.clear()
    tabs = [
        asyncio.create_task(visitor.send("password", username=EMAIL, password=password)) for password in ("one", "two")
    ]
    await until(lambda: stage.blink.heard)
    assert len(stage.blink.heard) == 1
    stage.blink.gate.set()
    await asyncio.gather(*tabs)
    assert {told[2] for told in stage.blink.heard} == {"one", "two"}
    assert (await visitor.open(visitor.path)).heading == "Enter the code from Blink"


async def test_a_restart_between_password_and_code_asks_to_start_again(stage: PageSetup, visitor: Visitor) -> None:
    stage.blink.says(SMS)
    await visitor.sign_in(await stage.invite())
    await stage.restart()
    seen = await visitor.press("code", code=CODE)
    assert (seen.status, seen.heading) == (403, "Please start again")
    assert "the bot was restarted" in seen.text
    assert len(stage.blink.heard) == 1
    stage.blink.says(signed_in())
    assert (await visitor.sign_in(visitor.path)).heading == "Your Blink account is linked"


async def test_a_sign_in_left_lying_for_too_long_asks_for_a_new_code(stage: PageSetup, visitor: Visitor) -> None:
    stage.blink.says(SMS)
    await visitor.sign_in(await stage.invite())
    await stage.linking.close()
    seen = await visitor.press("code", code=CODE)
    assert "This sign-in was not finished in time. Start again here for a new code." in seen.text
    assert seen.page.values["username"] == EMAIL


async def test_a_link_that_ends_between_two_steps_says_so(stage: PageSetup, visitor: Visitor) -> None:
    stage.blink.says(SMS)
    await visitor.sign_in(await stage.invite())
    stage.clock.pass_by(minutes=10, seconds=1)
    seen = await visitor.press("code", code=CODE)
    assert (seen.status, seen.heading) == (404, "This link cannot be used")
    assert stage.memory.links == {}


async def test_a_link_that_another_process_used_says_so(stage: PageSetup, visitor: Visitor) -> None:
    stage.blink.says(signed_in())
    await visitor.open(await stage.invite())
    await visitor.press("confirm")
    stage.blink.gate.clear()
    sending = asyncio.create_task(visitor.send("password", username=EMAIL, password=PASSWORD))
    await until(lambda: stage.blink.heard)
    (digest,) = stage.memory.invitations
    await stage.memory.use_invitation(digest, at=stage.clock() - timedelta(seconds=1))
    stage.blink.gate.set()
    answer = await sending
    assert (answer.status, answer.heading) == (404, "This link cannot be used")
    assert stage.memory.links == {}


async def test_one_browser_can_hold_links_of_two_people(stage: PageSetup, visitor: Visitor) -> None:
    stage.blink.says(signed_in())
    paths = [await stage.invite(), await stage.invite(type(USER)(4712, "Bob"))]
    for path in paths:
        assert (await visitor.sign_in(path)).heading == "Your Blink account is linked"
    assert set(stage.memory.links) == {4711, 4712}
