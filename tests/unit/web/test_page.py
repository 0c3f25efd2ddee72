"""The whole page in a real browser: without scripts, on a phone, in the dark, by keyboard alone."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Literal

import pytest
import pytest_asyncio
from playwright.async_api import Page, ViewportSize, expect

from bot.blink import Denial, Denied
from bot.models import Invited
from simulators.demo.tls import Authority
from tests.support.chromium import Chromium
from tests.support.page import CODE, EMAIL, PASSWORD, SMS, USER, PageSetup, opened, signed_in
from tests.unit.web.discord import Discord

pytestmark = pytest.mark.asyncio(loop_scope="session")

PHONE: dict[str, Any] = {"viewport": ViewportSize(width=320, height=640), "is_mobile": True}
DESK: dict[str, Any] = {"viewport": ViewportSize(width=1000, height=800)}
LOOKS = {"phone": PHONE, "desk": DESK}
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
LONG = Invited(123456789012345678, "Wolfeschlegelsteinhausenbergerdorff-" * 2)


@pytest_asyncio.fixture(loop_scope="session")
async def stage(authority: Authority) -> AsyncIterator[PageSetup]:
    async with opened(authority) as stage:
        await stage.start()
        yield stage


@pytest.fixture
def look(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[Page, str], Awaitable[None]]:
    """Sees that nothing sticks out sideways; with --basetemp, which keeps them, it also takes pictures for people."""
    wanted = request.config.option.basetemp is not None

    async def look(page: Page, name: str) -> None:
        for scheme in SCHEMES if wanted else SCHEMES[-1:]:
            await page.emulate_media(color_scheme=scheme)
            if wanted:
                await page.screenshot(path=tmp_path / f"{name}-{scheme}.png", full_page=True)
        width = await page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
        assert width[0] <= width[1], f"{name} is wider than the screen"

    return look


@asynccontextmanager
async def at_the_link(
    stage: PageSetup, browser: Chromium, invited: Invited | None = None, **context: Any
) -> AsyncIterator[Page]:
    async with browser.tab(stage.url, **context) as page:
        await page.goto(stage.url + await (stage.invite(invited) if invited else stage.invite()))
        yield page


async def heading(page: Page, text: str) -> None:
    await expect(page.get_by_role("heading", level=1)).to_have_text(text)


async def sign_in(page: Page, password: str = PASSWORD) -> None:
    if await page.get_by_label("E-mail address").input_value() == "":
        await page.get_by_label("E-mail address").fill(EMAIL)
    await page.get_by_label("Password").fill(password)
    await page.get_by_role("button", name="Sign in").click()


@pytest.mark.parametrize("name", LOOKS)
async def test_the_whole_way_without_scripts(
    stage: PageSetup, browser: Chromium, look: Callable[[Page, str], Awaitable[None]], name: str
) -> None:
    stage.blink.says(Denied(Denial.WRONG_PASSWORD), SMS, Denied(Denial.WRONG_CODE), signed_in())
    invited = LONG if name == "phone" else USER
    async with at_the_link(stage, browser, invited, java_script_enabled=False, **LOOKS[name]) as page:
        await heading(page, "Is this your Discord account?")
        await expect(page).to_have_title("Is this you? (step 1 of 4) · blink-clip-bot")
        await look(page, f"{name}-1-confirm")
        await page.get_by_role("button", name="Yes, this is me").click()
        await heading(page, "Sign in to Blink")
        await look(page, f"{name}-2-credentials")
        await sign_in(page)
        await expect(page.get_by_role("alert")).to_contain_text("does not accept this e-mail address")
        await expect(page.get_by_label("Password")).to_be_focused()
        await expect(page.get_by_label("Password")).to_have_value("")
        await expect(page.get_by_label("E-mail address")).to_have_value(EMAIL)
        await look(page, f"{name}-2-wrong-password")
        await sign_in(page)
        await heading(page, "Enter the code from Blink")
        await expect(page).to_have_title("Enter the code (step 3 of 4) · blink-clip-bot")
        await look(page, f"{name}-3-code")
        await page.get_by_label("Code").fill(CODE)
        await page.get_by_role("button", name="Continue").click()
        await expect(page.get_by_role("alert")).to_contain_text("does not accept this code")
        await expect(page.get_by_label("Code")).to_be_focused()
        await look(page, f"{name}-3-wrong-code")
        await page.get_by_label("Code").fill(CODE)
        await page.keyboard.press("Enter")
        await heading(page, "Your Blink account is linked")
        await expect(page.get_by_role("listitem")).to_have_text(
            ["Front Door Home · Outdoor", "Garage Home · Indoor · offline"]
        )
        await look(page, f"{name}-4-done")


async def test_the_whole_way_by_keyboard_alone(stage: PageSetup, browser: Chromium) -> None:
    stage.blink.says(SMS, signed_in())
    async with at_the_link(stage, browser, **DESK) as page:
        for key in ("Tab", "Enter"):
            await page.keyboard.press(key)
        await heading(page, "Sign in to Blink")
        await expect(page.get_by_label("E-mail address")).to_be_focused()
        await page.keyboard.type(EMAIL)
        await page.keyboard.press("Tab")
        await page.keyboard.type(PASSWORD)
        await page.keyboard.press("Enter")
        await heading(page, "Enter the code from Blink")
        await expect(page.get_by_label("Code")).to_be_focused()
        await page.keyboard.type(CODE)
        await page.keyboard.press("Tab")
        await page.keyboard.press("Enter")
        await heading(page, "Your Blink account is linked")
        back = page.get_by_role("link", name="Back to Discord")
        await expect(back).to_have_attribute("href", "https://discord.com/channels/@me")


async def test_reloading_and_going_back_send_nothing_again(stage: PageSetup, browser: Chromium) -> None:
    stage.blink.says(SMS, signed_in())
    async with at_the_link(stage, browser, **DESK) as page:
        await page.get_by_role("button", name="Yes, this is me").click()
        await sign_in(page)
        await heading(page, "Enter the code from Blink")
        await page.reload()
        await heading(page, "Enter the code from Blink")
        assert len(stage.blink.heard) == 1
        await page.get_by_role("button", name="Start again").click()
        await heading(page, "Sign in to Blink")
        await expect(page.get_by_label("E-mail address")).to_have_value(EMAIL)
        await page.go_back()
        assert len(stage.blink.heard) == 1
        await page.goto(page.url)
        await sign_in(page)
        await heading(page, "Your Blink account is linked")
        await page.reload()
        await heading(page, "Your Blink account is linked")
        assert len(stage.blink.heard) == 2


WORDS = {
    Denial.LOCKED: "locked this account after too many attempts",
    Denial.BLOCKED: "refuses this bot (406)",
    Denial.UNREACHABLE: "Blink does not answer",
    Denial.NOT_UNDERSTOOD: "something the bot does not understand",
}


async def test_every_other_refusal_is_focused_and_read_out(
    stage: PageSetup, browser: Chromium, look: Callable[[Page, str], Awaitable[None]]
) -> None:
    async with at_the_link(stage, browser, **PHONE) as page:
        await page.get_by_role("button", name="Yes, this is me").click()
        for why, words in WORDS.items():
            stage.blink.says(Denied(why))
            await sign_in(page)
            await expect(page.get_by_role("alert")).to_contain_text(words)
            await expect(page.get_by_role("alert")).to_be_focused()
            await expect(page).to_have_title("Error: Sign in to Blink (step 2 of 4) · blink-clip-bot")
            await look(page, f"refused-{why.name.lower()}")
        stage.blink.says(SMS, Denied(Denial.CODE_EXPIRED))
        await sign_in(page)
        await page.get_by_label("Code").fill(CODE)
        await page.get_by_role("button", name="Continue").click()
        await expect(page.get_by_role("alert")).to_contain_text("The code is too old")
        await look(page, "refused-code-expired")


async def test_the_form_tells_password_managers_and_phones_what_it_wants(stage: PageSetup, browser: Chromium) -> None:
    stage.blink.says(SMS)
    async with at_the_link(stage, browser, **DESK) as page:
        await page.get_by_role("button", name="Yes, this is me").click()
        await expect(page.get_by_label("E-mail address")).to_have_attribute("autocomplete", "username")
        await expect(page.get_by_label("Password")).to_have_attribute("autocomplete", "current-password")
        await expect(page.get_by_label("Password")).to_have_attribute("type", "password")
        await sign_in(page)
        await expect(page.get_by_label("Code")).to_have_attribute("autocomplete", "one-time-code")
        await expect(page.get_by_label("Code")).to_have_attribute("inputmode", "numeric")
        await expect(page.get_by_label("Code")).to_have_accessible_description(
            "Blink sent you a code by text message to +49******12."
        )


async def test_pages_that_lead_nowhere(
    stage: PageSetup, browser: Chromium, look: Callable[[Page, str], Awaitable[None]]
) -> None:
    path = await stage.invite()
    other = stage.visitor()
    await other.open(path)
    await other.press("confirm")
    async with browser.tab(stage.url, expects=("status of 40", "status of 500"), **PHONE) as page:
        for where, title, name in [
            ("/", "blink-clip-bot", "home"),
            ("/nowhere", "There is nothing here", "nowhere"),
            ("/link/" + "x" * 43, "This link cannot be used", "gone"),
            (path, "This link is open in another browser", "other-browser"),
        ]:
            await page.goto(stage.url + where)
            await heading(page, title)
            await look(page, name)
        stage.memory.broken = True
        await page.goto(stage.url + "/link/" + "x" * 43)
        await heading(page, "Something broke on our side")
        await look(page, "mistake")


async def test_after_a_restart_the_button_leads_to_a_new_start(
    stage: PageSetup, browser: Chromium, look: Callable[[Page, str], Awaitable[None]]
) -> None:
    stage.blink.says(SMS)
    async with at_the_link(stage, browser, expects=("status of 403",), **PHONE) as page:
        await page.get_by_role("button", name="Yes, this is me").click()
        await sign_in(page)
        await page.get_by_label("Code").fill(CODE)
        await stage.restart()
        await page.get_by_role("button", name="Continue").click()
        await heading(page, "Please start again")
        await look(page, "restarted")
        await page.get_by_role("link", name="Start again").click()
        await heading(page, "Is this your Discord account?")


async def test_through_discord_and_back_from_another_site(
    stage: PageSetup, browser: Chromium, look: Callable[[Page, str], Awaitable[None]]
) -> None:
    stage.blink.says(signed_in())
    async with Discord().running() as discord:
        discord.redirect_uri, discord.asks = f"{stage.url}/oauth/discord", True
        await stage.restart(oauth=discord.application())
        path = await stage.invite()
        allowed = (stage.url, discord.site)
        async with browser.tab(*allowed, expects=("status of 403",), **PHONE) as page:
            discord.signed_in_as = 666
            await page.goto(stage.url + path)
            await look(page, "discord-confirm")
            await page.get_by_role("button", name="Yes, confirm with Discord").click()
            await page.get_by_role("link", name="Authorize").click()
            await heading(page, "This link is for somebody else")
            await look(page, "discord-not-you")
            discord.signed_in_as = 4711
            await page.get_by_role("link", name="Start again").click()
            await page.get_by_role("button", name="Yes, confirm with Discord").click()
            await page.get_by_role("link", name="Authorize").click()
            await heading(page, "Sign in to Blink")
            assert page.url == stage.url + path
            await sign_in(page)
            await heading(page, "Your Blink account is linked")
