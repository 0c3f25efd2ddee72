"""A stage for the page: a simulated Discord, a scripted bot in it, two people, and the page itself."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page

from simulators.discord import Channel, SimDiscord, User
from simulators.page import DemoPage, Guide, Login, Walk
from tests.simulators.page.scripted import TOKEN, ScriptedBot, video
from tests.support.chromium import LONGEST, watched

WALKS = [("610001", "Front Door"), ("610002", "Cat's Corner")]
HINTS = [("Front Door", "quick"), ("Garage", "busy for a while")]


@dataclass(frozen=True)
class DemoPageSetup:
    """What a test acts on."""

    sim: SimDiscord
    bot: ScriptedBot
    page: DemoPage
    url: str
    general: Channel
    alice: User
    bob: User
    walked: list[str]


@pytest_asyncio.fixture(loop_scope="session")
async def stage() -> AsyncIterator[DemoPageSetup]:
    sim = SimDiscord(bot_token=TOKEN, application_name="Blink Clips", ack_deadline=LONGEST / 1000)
    port = await sim.start()
    guild = sim.add_guild("Maple Street")
    general = sim.add_channel(guild, "general")
    alice, bob = sim.add_user("alice"), sim.add_user("bob")
    walked: list[str] = []

    def past(camera: str) -> str:
        walked.append(camera)
        return f"{camera} films you."

    walks = [Walk(key, camera, lambda camera=camera: past(camera)) for key, camera in WALKS]
    guides = [
        Guide(alice, HINTS, walks=walks),
        Guide(bob, HINTS, Login("bob@example.com", "a <b>pass word", linked=False)),
    ]
    page = DemoPage(sim, server_name="Maple Street", channel=general, guides=guides)
    async with ScriptedBot(sim, port) as bot:
        yield DemoPageSetup(sim, bot, page, await page.start(), general, alice, bob, walked)
        await page.close()
    await sim.close()


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    folder: Path = tmp_path_factory.mktemp("clip")
    return video(folder)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def window(browser: Browser) -> AsyncIterator[Page]:
    """A browser's window, in which one test after the other opens its page: a new one costs half a second of CPU."""
    async with await browser.new_context() as opened:
        page = await opened.new_page()
        page.set_default_timeout(LONGEST)
        yield page


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def idle() -> AsyncIterator[str]:
    """The address of an empty page: to one of another site, Chromium would go with a new process."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError):  # it connects in advance, too
            await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"


@pytest_asyncio.fixture(loop_scope="session")
async def screen(stage: DemoPageSetup, window: Page, idle: str) -> AsyncIterator[Page]:
    """The page in a browser; afterwards: no error in its console, no request to anywhere else."""
    await window.set_viewport_size({"width": 1280, "height": 800})
    await window.emulate_media(color_scheme="null")
    async with watched(window, stage.url, "blob:"):
        await window.goto(stage.url)
        await window.wait_for_selector("#hints button")
        yield window
        await window.evaluate("sessionStorage.clear()")
    await window.context.set_offline(False)
    await window.goto(idle)  # away before its server ends
