"""Ten daily acts on a phone, each by real taps on the demo's page, and what docs/touches.md says of them.

`PICTURES=docs/touches pytest tests/simulators/demo/test_touches.py` takes the pictures of that page again.
"""

import asyncio
import base64
import io
import os
import re
import sqlite3
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Locator, Page, ViewportSize, expect

from simulators.blink import Account, Behaviour, Camera
from simulators.demo import street
from simulators.demo.conversation import Conversation
from simulators.demo.tour import simulators
from simulators.demo.transcript import Transcript
from tests.support.chromium import Chromium
from tests.support.waiting import until

pytestmark = pytest.mark.asyncio(loop_scope="session")

TABLE = (Path(__file__).parents[3] / "docs" / "touches.md").read_text("utf-8")
PICTURES = os.environ.get("PICTURES")
PHONE = ViewportSize(width=390, height=768)
SOON = 30_000  # milliseconds; a slow machine has two cores
LOADED = "[...document.images].every((one) => one.complete || one.getBoundingClientRect().bottom < 0)"
SHOW_MOMENT = """(video) => new Promise((done) => {
    video.controls = false;
    video.addEventListener("seeked", done, { once: true });
    video.currentTime = 1.6;
})"""
MOST_TOUCHES, MOST_LINES = 3, 1
NEW_PASSWORD = "5roses+2sheds"


@dataclass
class Town:
    """The demo with the real bot, linked for alice and not for bob."""

    street: street.Street
    url: str
    database: Path

    @property
    def alice(self) -> Account:
        return self.street.residents[0].account

    @property
    def bob(self) -> Account:
        return self.street.residents[1].account

    def camera(self, name: str) -> Camera:
        return next(camera for camera in self.alice.cameras if camera.name == name)

    async def no_job_is_under_way(self) -> None:
        """Wait until no job is under way: a reply may show its picture a moment before its row says so."""
        with closing(sqlite3.connect(self.database)) as connection:
            under_way = "SELECT 1 FROM clip_jobs WHERE told_at IS NULL"
            await until(lambda: connection.execute(under_way).fetchone() is None, timeout=SOON / 1000)


@dataclass
class Phone:
    """A phone with the demo's page, which counts what somebody touches and types."""

    page: Page
    touches: int = 0
    lines: int = 0

    @property
    def last(self) -> Locator:
        return self.page.locator(".message").last

    async def tap(self, target: Locator) -> None:
        await target.tap(timeout=SOON)
        self.touches += 1

    async def press(self, button: str) -> None:
        await self.tap(self.last.get_by_role("button", name=button))

    async def type(self, beginning: str, command: str) -> None:
        """Begin a line of typing: a command's first letters, and the command among what is offered."""
        await self.page.locator("#entry").tap()
        await self.page.keyboard.type(beginning)
        offered = self.page.locator(".choice").filter(has=self.page.get_by_text(command, exact=True))
        await offered.tap(timeout=SOON)
        self.lines += 1

    async def choose(self, choice: str | re.Pattern[str]) -> None:
        """Tap one of the choices that come by themselves."""
        await self.tap(self.page.locator(".choice").filter(has_text=choice).first)

    async def send(self) -> None:
        await self.tap(self.page.get_by_role("button", name="Send"))

    async def close_help(self) -> None:
        """Close the panel that opened with Blink's text message."""
        opened = self.page.get_by_role("button", name="What to try", expanded=True)
        await opened.tap(timeout=SOON)

    async def ends(self, act: str) -> None:
        """Compare an act with the goal and with the page of the docs, and take its picture if somebody wants it."""
        counted = (self.touches, self.lines)
        assert self.touches <= MOST_TOUCHES
        assert self.lines <= MOST_LINES
        touches = f"{self.touches} touch{'es' * (self.touches > 1)}"
        shown = f"{touches}, 1 line" if self.lines else touches
        assert re.search(rf"^\| \[[^]]+\]\(touches/{act}\.webp\) \|.*\| {shown} \|$", TABLE, re.MULTILINE), counted
        if PICTURES:
            await self._photograph(Path(PICTURES) / f"{act}.webp")
        self.touches = self.lines = 0

    async def _photograph(self, file: Path) -> None:
        await self.page.wait_for_function(LOADED)
        for video in await self.page.locator("video").all():
            await video.evaluate(SHOW_MOMENT)
        devtools = await self.page.context.new_cdp_session(self.page)
        picture = await devtools.send("Page.captureScreenshot", {"format": "webp", "quality": 70})
        await asyncio.to_thread(file.write_bytes, base64.b64decode(picture["data"]))


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def town() -> AsyncIterator[Town]:
    built = street.build()
    if not PICTURES:  # in which the demo's own videos are seen
        built.blink.world.tiny_videos = True
        for camera in (one for resident in built.residents for one in resident.account.cameras):
            if camera.behaviour in (street.QUICK, Behaviour()):
                camera.behaviour = Behaviour.quick()
    stop, running = asyncio.Event(), asyncio.Event()
    residents = {one.user.id: one.user.name for one in built.residents}
    conversation = Conversation(built, Transcript(io.StringIO(), residents))

    async def work() -> None:
        await conversation.bot_is_ready()
        conversation.leave()
        running.set()
        await stop.wait()

    page = built.page()
    with tempfile.TemporaryDirectory() as folder:
        async with simulators(built, Path(folder)) as bot:
            await bot.link(built.residents[0].user.id, built.residents[0].account.blink_tokens())
            going = asyncio.create_task(bot.running(work))
            try:
                await until(lambda: running.is_set() or going.done(), timeout=60)
                town = Town(built, await page.start(0), Path(folder) / "bot.db")
                await offered(town, "Front Door")
                yield town
            finally:
                await page.close()
                stop.set()
                await going


@asynccontextmanager
async def phone_of(browser: Chromium, town: Town, person: str) -> AsyncIterator[Phone]:
    """Yield a phone on which somebody looks at the channel, and has not done so before."""
    here = ("http://127.0.0.1:", "blob:")
    async with browser.tab(*here, viewport=PHONE, color_scheme="dark", is_mobile=True, has_touch=True) as screen:
        await screen.goto(town.url)
        await screen.get_by_role("button", name="Channels and users").tap()
        await screen.locator(".viewer").filter(has_text=person).tap()
        await screen.locator("main").tap(position={"x": 350, "y": 300})
        yield Phone(screen)


async def signed_in(page: Page, account: Account) -> None:
    """Type what Blink wants to know, and send each form with the keyboard."""
    await page.get_by_label("E-mail address").fill(account.email)
    await page.get_by_label("Password").fill(account.password)
    await page.keyboard.press("Enter")
    heading = page.locator("h1")
    await expect(heading).to_have_text(re.compile("Enter the code|is linked"), timeout=SOON)
    if "code" in await heading.inner_text():
        assert account.code
        await page.get_by_label("Code").fill(account.code)
        await page.keyboard.press("Enter")
    await expect(heading).to_have_text("Your Blink account is linked", timeout=SOON)


async def confirmed(phone: Phone) -> Page:
    """Open the bot's page with the button of its reply, and confirm who one is."""
    async with phone.page.context.expect_page() as opened:
        await phone.tap(phone.last.get_by_role("link", name="Sign in to Blink"))
    page = await opened.value
    await phone.tap(page.get_by_role("button", name="Yes, this is me"))
    return page


async def test_first_clip_after_linking(browser: Chromium, town: Town) -> None:
    async with phone_of(browser, town, "bob") as phone:
        await phone.type("/li", "/link")
        await phone.send()
        page = await confirmed(phone)
        await signed_in(page, town.bob)
        await page.close()
        await phone.close_help()
        phone.touches = phone.lines = 0
        await phone.press("Record on")
        await expect(phone.last.locator("video")).to_be_visible(timeout=SOON)
        await phone.ends("first-clip")


async def test_clip_of_the_usual_camera_and_sharing_it_afterwards(browser: Chromium, town: Town) -> None:
    async with phone_of(browser, town, "alice") as phone:
        await phone.type("/sn", "/snapshot")
        await phone.choose("Doorbell")
        await phone.send()
        await expect(phone.last.locator("img").first).to_be_visible(timeout=SOON)
        await offered(town, "Doorbell", among=1)
        await town.no_job_is_under_way()
        phone.touches = phone.lines = 0
        await phone.type("/cl", "/clip")
        await expect(phone.page.locator(".choice").first).to_contain_text("Doorbell", timeout=SOON)
        await phone.choose(re.compile(""))
        await phone.send()
        await expect(phone.last.locator("video")).to_be_visible(timeout=SOON)
        await phone.ends("usual-camera")
        await phone.press("Share here")
        shared = phone.page.locator(".message:not(.ephemeral) video")
        await expect(shared).to_be_visible(timeout=SOON)
        await phone.ends("share-here")


async def test_everybodys_picture(browser: Chromium, town: Town) -> None:
    async with phone_of(browser, town, "alice") as phone:
        await phone.type("/sn", "/snapshot")
        await phone.choose("All of Home")
        await phone.send()
        await expect(phone.last.get_by_role("button", name="New pictures")).to_be_visible(timeout=SOON)
        await phone.ends("all-pictures")


async def test_letting_the_neighbour_in_until_sunday(browser: Chromium, town: Town) -> None:
    async with phone_of(browser, town, "alice") as phone:
        await phone.type("/sh", "/share add")
        await phone.choose("bob")
        await phone.choose("Front Door")
        await phone.page.keyboard.type("until:sunday")
        await phone.send()
        await expect(phone.last).to_contain_text("may now use Front Door", timeout=SOON)
        await phone.ends("neighbour")


async def test_arming_all(browser: Chromium, town: Town) -> None:
    async with phone_of(browser, town, "alice") as phone:
        await phone.type("/ar", "/arm")
        await phone.send()
        await phone.press("All of your own")
        await expect(phone.last).to_contain_text("All your systems are armed", timeout=SOON)
        await phone.ends("arm-all")


async def test_muting_an_alert_and_undoing_it(browser: Chromium, town: Town) -> None:
    async with phone_of(browser, town, "alice") as phone:
        await phone.type("/not", "/notify")
        await phone.page.keyboard.type("motion:all")
        await phone.send()
        await expect(phone.last).not_to_contain_text("thinking", timeout=SOON)
        await open_messages(phone)
        town.camera("Front Door").detect_motion(seconds=4.0)
        phone.touches = phone.lines = 0
        await phone.press("Mute 1 h")
        await phone.press("Unmute")
        await expect(phone.last).to_contain_text("Not muted any more", timeout=SOON)
        await phone.ends("mute")


async def test_finding_yesterdays_recording(browser: Chromium, town: Town) -> None:
    async with phone_of(browser, town, "alice") as phone:
        await phone.type("/re", "/recordings")
        await phone.send()
        await phone.tap(phone.last.locator(".select"))
        await phone.tap(phone.last.get_by_role("option").last)
        await expect(phone.last.locator("video")).to_be_visible(timeout=SOON)
        await phone.ends("yesterday")


async def test_seeing_which_battery_is_low(browser: Chromium, town: Town) -> None:
    async with phone_of(browser, town, "alice") as phone:
        await phone.type("/cam", "/cameras")
        await phone.send()
        low = phone.last.locator(".container").filter(has_text="battery").first
        await low.scroll_into_view_if_needed(timeout=SOON)
        await phone.ends("battery")


async def test_linking_again_after_a_password_change(browser: Chromium, town: Town) -> None:
    async with phone_of(browser, town, "alice") as phone:
        await open_messages(phone)
        town.alice.password = NEW_PASSWORD
        town.alice.sign_out()
        await phone.press("Link again")
        page = await confirmed(phone)
        await signed_in(page, town.alice)
        await page.close()
        await phone.close_help()
        await expect(phone.last).to_contain_text("Linked: 12 cameras", timeout=SOON)
        await phone.ends("link-again")


async def offered(town: Town, camera: str, *, among: int = 25) -> None:
    """Type as alice until a camera is among the first that she is offered: the bot reads in the background."""
    alice, place = town.street.residents[0].user, town.street.channel
    async with asyncio.timeout(SOON / 1000):
        while True:
            choices = await town.street.discord.autocomplete(alice, place, "clip", {"camera": ""}, focused="camera")
            if any(one["name"].startswith(camera) for one in choices[:among]):
                return
            await asyncio.sleep(0.3)


async def open_messages(phone: Phone) -> None:
    """Open the bot's direct messages, to which its notification leads."""
    await phone.page.get_by_role("button", name="Channels and users").tap()
    await phone.page.locator(".tab[data-tab=dm]").tap()
