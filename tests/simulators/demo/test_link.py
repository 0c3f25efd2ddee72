"""A visitor of the demo links bob's cameras on the bot's own page, uses one, and unlinks again."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Page, Request, expect

from simulators.blink import Account, Behaviour
from simulators.demo import street, tour
from tests.support.chromium import Chromium
from tests.support.waiting import until

pytestmark = pytest.mark.asyncio(loop_scope="session")

GUEST = "You use other people's cameras here."  # the tour has let bob use one
SOON = 30_000  # milliseconds; a slow machine has two cores


@asynccontextmanager
async def shown(town: street.Street, capsys: pytest.CaptureFixture[str]) -> AsyncIterator[str]:
    """Run the demo as `python -m bot demo` does, and yield its page's address."""
    printed: list[str] = []
    showing = asyncio.create_task(tour.show(town, once=False, within=2 * tour.WITHIN))

    def address() -> str | None:
        printed.append(capsys.readouterr().out)
        found = re.search(r"Open the demo: (http://127\.0\.0\.1:\d+)", "".join(printed))
        return found[1] if found else None

    try:
        url = await until(lambda: address() or showing.done(), timeout=60)
        assert isinstance(url, str), "".join(printed)
        yield url
    finally:
        showing.cancel()
        status = await showing
    assert status == 0, "".join(printed) + capsys.readouterr().out


async def run(screen: Page, command: str) -> None:
    """Type a command without options as a person does."""
    await screen.click("#entry")
    await screen.keyboard.type(f"{command} ")
    await screen.keyboard.press("Enter")


async def sign_in(page: Page, screen: Page, bob: Account) -> None:
    """Go through the bot's page with what the demo's panel says, mistyping the password and the code once each."""
    email, password = await screen.locator("#steps dd code").all_text_contents()
    await expect(page.locator(".who")).to_contain_text("bob")
    await page.get_by_role("button", name="Yes, this is me").click()
    await page.get_by_label("E-mail address").fill(email)
    await page.get_by_label("Password").fill("not this one")
    await page.get_by_role("button", name="Sign in").click()
    await expect(page.get_by_role("alert")).to_contain_text("Blink does not accept this e-mail address")
    await expect(page.get_by_label("E-mail address")).to_have_value(email)
    await expect(page.get_by_label("Password")).to_have_value("")
    await page.get_by_label("Password").fill(password)
    await page.get_by_role("button", name="Sign in").click()
    await expect(page.locator("h1")).to_have_text("Enter the code from Blink")
    await expect(screen.locator("#texts .sms")).to_contain_text(f"Blink: your code is {bob.code}")
    code = re.search(r"\d{6}", await screen.locator("#texts .sms").inner_text())
    assert code
    await page.get_by_label("Code").fill(f"{(int(code[0]) + 1) % 10**6:06}")
    await page.get_by_role("button", name="Continue").click()
    await expect(page.get_by_role("alert")).to_contain_text("Blink does not accept this code")
    await page.get_by_label("Code").fill(code[0])
    await page.get_by_role("button", name="Continue").click()
    await expect(page.locator("h1")).to_have_text("Your Blink account is linked")
    for camera in bob.cameras:
        await expect(page.locator("main li").filter(has_text=camera.name)).to_have_count(1)


async def test_bob_links_records_and_unlinks(browser: Chromium, capsys: pytest.CaptureFixture[str]) -> None:
    town = street.build(front=Behaviour.quick())
    town.blink.world.tiny_videos = True
    alice, bob = (resident.account for resident in town.residents)
    balcony = next(camera for camera in bob.cameras if camera.name == "Balcony")
    balcony.behaviour = Behaviour.quick()
    origins: set[str] = set()

    def asked(request: Request) -> None:
        origins.add("{0.scheme}://{0.netloc}".format(urlsplit(request.url)))

    async with shown(town, capsys) as url, browser.tab(url, "blob:") as screen:
        screen.set_default_timeout(SOON)
        screen.context.on("request", asked)
        await screen.goto(url)
        await screen.get_by_role("button", name="bob", exact=True).click()
        await expect(screen.locator("#account-title")).to_have_text("Link bob\u2019s cameras")
        await expect(screen.locator("#texts")).to_have_text("No messages")
        visitor = town.residents[1].user
        await until(lambda: any(one["attachments"] for one in town.discord.messages(town.channel, visitor)), timeout=60)
        await run(screen, "/account")
        await expect(screen.locator(".container").filter(has_text=GUEST)).to_be_visible()

        await screen.get_by_role("button", name="/link", exact=True).click()
        await screen.keyboard.press("Enter")
        way = screen.get_by_role("link", name="Sign in to Blink")
        assert await way.get_attribute("rel") == "noopener noreferrer"
        async with screen.context.expect_page() as opened:
            await way.click()
        page = await opened.value
        page.set_default_timeout(SOON)
        assert await page.evaluate("window.opener") is None
        await sign_in(page, screen, bob)
        await page.close()

        await screen.get_by_role("button", name="Record on Balcony").click()
        await expect(screen.locator("video")).to_be_visible(timeout=SOON)
        seen = town.discord.messages(town.channel, visitor)
        [file] = [one for message in seen for one in message["attachments"] if one["filename"].endswith(".mp4")]
        assert town.discord.file(file["url"]) == balcony.videos[0].mp4
        assert len(balcony.accepted) == 1

        await run(screen, "/unlink")
        await screen.get_by_role("button", name="Yes, delete everything").click()
        last = screen.locator(".message").last
        await expect(last.locator(".heading")).to_have_text("Unlinked", timeout=SOON)
        await expect(last).to_contain_text("I am signed out at Blink too.")
        await expect(last.get_by_role("button", name="Yes, delete everything")).to_have_count(0)
        await run(screen, "/account")
        await expect(last).to_contain_text(GUEST)
        screen.context.remove_listener("request", asked)

    tokens = {one.headers["Authorization"].split()[1] for one in town.blink.asked("homescreen", "logout")}
    of_bob = {token for token in tokens if bob.gave_out(token)}
    assert of_bob
    assert not any(map(bob.lets_in, of_bob))
    assert not any(map(bob.grant, bob._refresh))
    assert any(map(alice.grant, alice._refresh))
    assert [one.status for one in town.blink.asked("logout")] == [200]
    assert len(origins - {url}) == 1, "the demo's page and the bot's, and nothing else"
    assert town.discord.surprises == []
    assert town.blink.surprises == []
