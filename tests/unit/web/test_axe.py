"""axe-core finds nothing wrong with any page, light or dark: https://github.com/dequelabs/axe-core."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from bot.blink import Denial, Denied
from simulators.demo.tls import Authority
from tests.support.axe import examine as examined
from tests.support.chromium import Chromium
from tests.support.page import CODE, EMAIL, PASSWORD, SMS, PageSetup, opened, signed_in
from tests.unit.web.discord import Discord

pytestmark = pytest.mark.asyncio(loop_scope="session")

PHONE: Any = {"width": 320, "height": 640}


@pytest_asyncio.fixture(loop_scope="session")
async def stage(authority: Authority) -> AsyncIterator[PageSetup]:
    async with opened(authority) as stage:
        await stage.start()
        yield stage


async def examine(page: Page, heading: str) -> None:
    """Expect this page, and no complaint about it."""
    await expect(page.get_by_role("heading", level=1)).to_have_text(heading)
    await examined(page, heading)


async def sign_in(page: Page) -> None:
    await page.get_by_label("E-mail address").fill(EMAIL)
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Sign in").click()


async def send_code(page: Page) -> None:
    await page.get_by_label("Code").fill(CODE)
    await page.get_by_role("button", name="Continue").click()


async def test_axe_finds_nothing_on_any_page(stage: PageSetup, browser: Chromium, axe: str) -> None:
    stage.blink.says(Denied(Denial.WRONG_PASSWORD), Denied(Denial.LOCKED), SMS, Denied(Denial.WRONG_CODE), signed_in())
    # The page's own policy forbids scripts, axe's too; only these tests look away.
    async with browser.tab(stage.url, expects=("status of 40",), viewport=PHONE, bypass_csp=True, script=axe) as page:
        await page.goto(stage.url)
        await examine(page, "blink-clip-bot")
        await page.goto(f"{stage.url}/link/{'x' * 43}")
        await examine(page, "This link cannot be used")
        await page.goto(stage.url + await stage.invite())
        await examine(page, "Is this your Discord account?")
        await page.get_by_role("button", name="Yes, this is me").click()
        await examine(page, "Sign in to Blink")
        alert = page.get_by_role("alert")
        for why in ("does not accept this e-mail address", "locked this account"):
            await sign_in(page)
            await expect(alert).to_contain_text(why)
            await examine(page, "Sign in to Blink")
        await sign_in(page)
        await examine(page, "Enter the code from Blink")
        await send_code(page)
        await expect(alert).to_contain_text("does not accept this code")
        await examine(page, "Enter the code from Blink")
        await send_code(page)
        await examine(page, "Your Blink account is linked")


async def test_axe_finds_nothing_where_discord_is_asked(stage: PageSetup, browser: Chromium, axe: str) -> None:
    async with Discord().running() as discord:
        discord.redirect_uri, discord.signed_in_as = f"{stage.url}/oauth/discord", 666
        await stage.restart(oauth=discord.application())
        allowed = (stage.url, discord.site)
        async with browser.tab(*allowed, expects=("status of 403",), bypass_csp=True, script=axe) as page:
            await page.goto(stage.url + await stage.invite())
            await examine(page, "Is this your Discord account?")
            await page.get_by_role("button", name="Yes, confirm with Discord").click()
            await examine(page, "This link is for somebody else")
