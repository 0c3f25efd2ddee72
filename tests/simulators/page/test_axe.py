"""axe-core finds nothing on the demo page either, with whatever may be open on it."""

from typing import Any

import pytest
from playwright.async_api import Page, ViewportSize, expect

from simulators.blink.pictures import Film, photograph
from tests.simulators.discord.v2 import V2, Wire, box, button, file, gallery, menu, row, section, text, thumbnail
from tests.simulators.page.conftest import DemoPageSetup
from tests.simulators.page.scripted import EPHEMERAL, MESSAGE, ScriptedBot, card, run
from tests.support.axe import examine
from tests.support.chromium import DESKTOP, Chromium

pytestmark = pytest.mark.asyncio(loop_scope="session")

SCREENS = {"desktop": DESKTOP, "phone": ViewportSize(width=390, height=844)}


def everything() -> Wire:
    """A message with components of every kind."""
    link = {"type": 2, "style": 5, "label": "Help", "url": "https://example.com/"}
    styles = [button(f"style {style}", style=style, label=f"Style {style}") for style in (1, 3, 4)]
    parts = [
        text("# Cameras\n### Garage\n-# small, <t:1700000000:R>, </clip:1>, **bold**, `code`, [a link](https://e.com)"),
        box(
            section(text("Front Door"), accessory=thumbnail("attachment://0.jpg", description="The front door")),
            section(text("Armed"), accessory=button("disarm", label="Disarm")),
            gallery("attachment://clip.mp4"),
            {"type": 14, "divider": True, "spacing": 2},
            gallery(*(f"attachment://{number}.jpg" for number in range(3))),
            file("attachment://report.zip"),
            row(*styles, button("never", disabled=True, emoji={"name": "📹"}), link),
            row(menu("Home", "Cabin", placeholder="Which system?")),
            accent_color=0x5865F2,
        ),
    ]
    return {"flags": V2, "components": parts}


def files(clip: bytes) -> tuple[tuple[str, bytes], ...]:
    pictures = [(f"{number}.jpg", photograph(Film("Porch", number, 0.0, width=64, height=36))) for number in range(3)]
    return ("clip.mp4", clip), ("report.zip", b"zip"), *pictures


@pytest.mark.parametrize("size", SCREENS.values(), ids=SCREENS)
async def test_axe_finds_nothing_whatever_is_open(
    stage: DemoPageSetup, browser: Chromium, axe: str, clip: bytes, size: ViewportSize
) -> None:
    async def private(bot: ScriptedBot, interaction: dict[str, Any]) -> None:
        await bot.answer(interaction, MESSAGE, card(text("For you alone"), flags=EPHEMERAL))

    stage.bot.handlers["cameras"] = private
    await stage.bot.dm(stage.alice.id, {"content": "Motion at Front Door", "components": [row(button())]}, files(clip))
    await stage.bot.post(stage.general.id, everything(), files(clip))
    # The page's own policy forbids scripts, axe's too; only these tests look away.
    async with browser.tab(stage.url, "blob:", viewport=size, bypass_csp=True, script=axe) as screen:
        await screen.goto(stage.url)
        await expect(screen.locator(".gallery")).to_have_count(2)
        await examine(screen, "messages")
        await screen.locator(".select").click()
        await expect(screen.get_by_role("option", name="Cabin")).to_be_visible()
        await examine(screen, "an open menu")
        await screen.keyboard.press("Escape")
        await run(screen, "/")
        await expect(screen.get_by_role("option", name="/cameras")).to_be_visible()
        await examine(screen, "the commands")
        await run(screen, "clip ")
        await expect(screen.get_by_role("option", name="Garage")).to_be_visible()
        await examine(screen, "the choices of an option")
        await run_two_commands(screen)
        await examine(screen, "a private reply and a complaint")
        await open_direct_messages(screen)
        await examine(screen, "direct messages")
        await screen.locator("#help").click()
        await examine(screen, "what to try, open or not")


async def run_two_commands(screen: Page) -> None:
    """Get a private reply from one command, and a complaint about another."""
    for _ in range(2):
        await screen.keyboard.press("Escape")
    await run(screen, "/cameras ", "Enter")
    await expect(screen.locator(".private")).to_be_visible()
    await run(screen, "/notify ", "Escape", "Enter")
    await expect(screen.locator("#complaint")).to_be_visible()


async def open_direct_messages(screen: Page) -> None:
    if await screen.locator("#menu").is_visible():
        await screen.locator("#menu").click()
    await screen.locator(".tab[data-tab=dm]").click()
    await expect(screen.locator(".content")).to_have_text(["Motion at Front Door"])


async def test_whoever_just_types_is_in_the_message_box(stage: DemoPageSetup, screen: Page) -> None:
    await screen.keyboard.press("/")
    await expect(screen.locator("#entry")).to_be_focused()
    await expect(screen.get_by_role("option", name="/cameras")).to_be_visible()
