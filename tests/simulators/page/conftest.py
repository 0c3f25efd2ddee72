"""A stage for the page: a simulated Discord, a scripted bot in it, two people, and the page itself."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Page

from simulators.discord import Channel, SimDiscord, User
from simulators.page import DemoPage, Guide, Login, Walk
from tests.simulators.page.scripted import TOKEN, ScriptedBot, video
from tests.support.chromium import PATIENCE, Chromium

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
    sim = SimDiscord(bot_token=TOKEN, application_name="Blink Clips", ack_deadline=PATIENCE / 1000)
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


@pytest_asyncio.fixture(loop_scope="session")
async def screen(stage: DemoPageSetup, browser: Chromium) -> AsyncIterator[Page]:
    """The page in a browser; afterwards: no error in its console, no request to anywhere else."""
    async with browser.tab(stage.url, "blob:") as page:
        await page.goto(stage.url)
        await page.wait_for_selector("#hints button")
        yield page
