"""axe-core finds nothing wrong with any page, light or dark: https://github.com/dequelabs/axe-core."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from bot.blink import Denial, Denied
from simulators.demo.tls import Authority
from tests.support.axe import examine as examined
from tests.support.chromium import tab
from tests.support.page import CODE, EMAIL, PASSWORD, SMS, PageSetup, opened, signed_in
from tests.unit.web.discord import Discord

pytestmark = pytest.mark.asyncio(loop_scope="session")

PHONE: Any = {"width": 320, "height": 640}


@pytest_asyncio.fixture(loop_scope="session")
async def stage(authority: Authority) -> AsyncIterator[PageSetup]:
    async with opened(authority) as stage:
        await stage.start()
        yield stage


async def examine(page: Page, axe: str, heading: str) -> None:
    """Expect this page, and no complaint about it."""
    await expect(page.get_by_role("heading", level=1)).to_have_text(heading)
    await examined(page, axe, heading)


async def sign_in(page: Page) -> None:
    await page.get_by_label("E-mail address").fill(EMAIL)
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Sign in").click()


async def test_axe_finds_nothing_on_any_page(stage: PageSetup, browser: Browser, axe: str) -> None:
    stage.blink.says(Denied(Denial.WRONG_PASSWORD), Denied(Denial.LOCKED), SMS, Denied(Denial.WRONG_CODE), signed_in())
    # The page's own policy forbids scripts, axe's too; only these tests look away.
    async with tab(browser, stage.url, expects=("status of 40",), viewport=PHONE, bypass_csp=True) as page:
        await page.goto(stage.url)
        await examine(page, axe, "blink-clip-bot")
        await page.goto(f"{stage.url}/link/{'x' * 43}")
        await examine(page, axe, "This link cannot be used")
        await page.goto(stage.url + await stage.invite())
        await examine(page, axe, "Is this your Discord account?")
        await page.get_by_role("button", name="Yes, this is me").click()
        await examine(page, axe, "Sign in to Blink")
        for _ in range(2):
            await sign_in(page)
            await expect(page.get_by_role("alert")).to_be_visible()
            await examine(page, axe, "Sign in to Blink")
        await sign_in(page)
        await examine(page, axe, "Enter the code from Blink")
        for name in ("Enter the code from Blink", "Your Blink account is linked"):
            await page.get_by_label("Code").fill(CODE)
            await page.get_by_role("button", name="Continue").click()
            await page.wait_for_load_state()
            await examine(page, axe, name)


async def test_axe_finds_nothing_where_discord_is_asked(stage: PageSetup, browser: Browser, axe: str) -> None:
    async with Discord().running() as discord:
        discord.redirect_uri, discord.signed_in_as = f"{stage.url}/oauth/discord", 666
        await stage.restart(oauth=discord.application())
        allowed = (stage.url, discord.site)
        async with tab(browser, *allowed, expects=("status of 403",), bypass_csp=True) as page:
            await page.goto(stage.url + await stage.invite())
            await examine(page, axe, "Is this your Discord account?")
            await page.get_by_role("button", name="Yes, confirm with Discord").click()
            await examine(page, axe, "This link is for somebody else")
