"""Components on the page: how they look, that they work, and that what an edit leaves alone stays as it is."""

import asyncio
from typing import Any

import pytest
from playwright.async_api import Locator, Page, ViewportSize, expect

from simulators.blink.pictures import Film, photograph
from tests.simulators.discord.v2 import V2, Wire, button, file, gallery, menu, row, section, text, thumbnail
from tests.simulators.page.conftest import DemoPageSetup
from tests.simulators.page.scripted import DEFER, MESSAGE, UPDATE, ScriptedBot, card, run

pytestmark = pytest.mark.asyncio(loop_scope="session")

DESKTOP, PHONE = ViewportSize(width=1280, height=800), ViewportSize(width=390, height=844)


def picture(name: str) -> tuple[str, bytes]:
    return name, photograph(Film(name, 1, 0.0, width=64, height=36))


async def box_of(node: Locator) -> dict[str, float]:
    """Return where a node is, with its right edge."""
    found = await node.bounding_box()
    assert found
    return {"x": found["x"], "y": found["y"], "right": found["x"] + found["width"]}


async def style(node: Locator, name: str) -> str:
    return str(await node.evaluate("(node, name) => getComputedStyle(node)[name]", name))


async def test_a_container_shows_everything_in_its_place(stage: DemoPageSetup, screen: Page, clip: bytes) -> None:
    shown = card(
        text("### Front Door\nAll **quiet**\n-# since <t:1700000000:R>"),
        section(text("The latest picture"), accessory=thumbnail("attachment://a.jpg", description="A porch")),
        {"type": 14, "spacing": 2},
        gallery("attachment://clip.mp4"),
        file("attachment://report.zip"),
        {"type": 14, "divider": False},
        section(text("Armed"), accessory=button("disarm", label="Disarm")),
        accent_color=0x248046,
    )
    await stage.bot.post(stage.general.id, shown, (picture("a.jpg"), ("clip.mp4", clip), ("report.zip", b"zip")))
    container = screen.locator(".container")
    await expect(container.locator(".heading")).to_have_text("Front Door")
    await expect(container.locator("strong")).to_have_text("quiet")
    await expect(container.locator(".subtext time")).to_be_visible()
    assert await style(container, "borderLeftColor") == "rgb(36, 128, 70)"
    assert float((await style(container, "borderTopLeftRadius")).removesuffix("px")) > 0
    words, beside = screen.get_by_text("The latest picture", exact=True), screen.get_by_alt_text("A porch")
    await expect(beside).to_be_visible()
    assert (await box_of(words))["right"] <= (await box_of(beside))["x"]
    armed, disarm = screen.get_by_text("Armed", exact=True), screen.get_by_role("button", name="Disarm")
    assert (await box_of(armed))["right"] <= (await box_of(disarm))["x"]
    await expect(container.locator("video")).to_have_js_property("controls", value=True)
    await expect(container.locator("hr")).to_have_count(1)
    await expect(container.locator(".gap")).to_have_count(2)
    await expect(container.get_by_role("link", name="Download report.zip")).to_have_attribute("download", "report.zip")
    await expect(screen.locator(".files figure")).to_have_count(0)
    await expect(screen.locator("#announcer")).to_contain_text("Blink Clips: Front Door, All quiet, since")


@pytest.mark.parametrize(("count", "rows"), [(1, [1]), (4, [2, 2]), (5, [2, 3]), (10, [1, 3, 3, 3])])
async def test_a_gallery_is_a_grid(stage: DemoPageSetup, screen: Page, count: int, rows: list[int]) -> None:
    files = tuple(picture(f"{number}.jpg") for number in range(count))
    await stage.bot.post(stage.general.id, card(gallery(*(f"attachment://{name}" for name, _ in files))), files)
    cells = screen.locator(".gallery .cell")
    await expect(cells).to_have_count(count)
    for size in (DESKTOP, PHONE):
        await screen.set_viewport_size(size)
        tops = [round((await box_of(cell))["y"]) for cell in await cells.all()]
        assert [tops.count(top) for top in sorted(set(tops))] == rows
        outside, inside = await box_of(screen.locator(".container")), await box_of(screen.locator(".gallery"))
        assert outside["x"] < inside["x"]
        assert inside["right"] < outside["right"] <= size["width"]


async def test_a_video_plays_on_while_the_texts_around_it_change(
    stage: DemoPageSetup, screen: Page, clip: bytes
) -> None:
    go = asyncio.Semaphore(0)

    async def handler(bot: ScriptedBot, interaction: dict[str, Any]) -> None:
        await bot.answer(interaction, DEFER)
        await bot.edit(interaction, card(text("Recording"), row(button("cancel"))))
        await go.acquire()
        await bot.edit(interaction, card(text("Here"), gallery("attachment://clip.mp4")), (("clip.mp4", clip),))
        await go.acquire()
        more = [text("Kept"), gallery("attachment://clip.mp4"), text("Beside it"), row(button("again"))]
        await bot.edit(interaction, card(*more))

    stage.bot.handlers["cameras"] = handler
    await run(screen, "/cameras ", "Enter")
    await expect(screen.locator(".container")).to_have_text("RecordingAgain")
    await expect(screen.locator(".edited")).to_have_count(0)
    go.release()
    await expect(screen.locator(".container .words")).to_have_text("Here")
    await screen.evaluate("window.playing = document.querySelector('video')")
    await screen.evaluate("playing.muted = true; playing.play()")
    go.release()
    await expect(screen.locator(".container .words")).to_have_text(["Kept", "Beside it"])
    await expect(screen.locator(".edited")).to_have_text("(edited)")
    assert await screen.evaluate("playing === document.querySelector('video') && !playing.paused")


async def test_a_command_in_a_text_goes_into_the_message_box(stage: DemoPageSetup, screen: Page) -> None:
    await stage.bot.post(stage.general.id, card(text("Try </clip:1> or </unheard of:2>.")))
    await screen.get_by_role("button", name="/unheard of").click()
    await expect(screen.locator(".command")).to_have_count(0)
    await screen.get_by_role("button", name="/clip", exact=True).click()
    await expect(screen.locator(".command")).to_have_text("/clip")
    await expect(screen.locator("[data-option=camera]")).to_be_focused()


async def test_buttons_and_menus_in_a_container_work(stage: DemoPageSetup, screen: Page) -> None:
    def shown(words: str) -> Wire:
        return card(section(text(words), accessory=button("disarm", label="Disarm")), row(menu("Home", "Cabin")))

    async def disarm(bot: ScriptedBot, interaction: dict[str, Any]) -> None:
        await bot.answer(interaction, UPDATE + 1, shown("Disarmed"))

    async def pick(bot: ScriptedBot, interaction: dict[str, Any]) -> None:
        [value] = interaction["data"]["values"]
        await bot.answer(interaction, MESSAGE, card(text(f"You chose {value}")))

    stage.bot.handlers |= {"disarm": disarm, "pick": pick}
    await stage.bot.post(stage.general.id, shown("Armed"))
    await screen.get_by_role("button", name="Disarm").click()
    await expect(screen.locator(".section .words")).to_have_text("Disarmed")
    await expect(screen.get_by_role("button", name="Disarm")).to_be_focused()
    await screen.locator(".select").click()
    await screen.get_by_role("option", name="Cabin").click()
    await expect(screen.get_by_text("You chose Cabin", exact=True)).to_be_visible()
    await expect(screen.locator(".asked").last).to_have_text("Aalice pressed Cabin")


async def test_alike_parts_are_all_shown_and_what_is_elsewhere_is_not_loaded(
    stage: DemoPageSetup, screen: Page
) -> None:
    away = "https://example.com/track.png"
    parts = [text("same"), {"type": 14}, text("same"), {"type": 14}, gallery(away), gallery(away)]
    await stage.bot.post(stage.general.id, {"flags": V2, "components": parts})
    await expect(screen.locator(".words")).to_have_text(["same", "same"])
    await expect(screen.locator(".elsewhere")).to_have_count(2)
    await expect(screen.locator("#messages img:not(.avatar img)")).to_have_count(0)


async def test_long_words_stay_inside_a_phone(stage: DemoPageSetup, screen: Page) -> None:
    long = "x" * 80
    buttons = [button(str(number), label=f"{number} {long}"[:80]) for number in range(5)]
    parts = [text(f"### {long * 3}"), section(text(long * 2), accessory=button("beside", label=long)), row(*buttons)]
    await stage.bot.post(stage.general.id, card(*parts))
    await screen.set_viewport_size(PHONE)
    await expect(screen.locator(".container .button")).to_have_count(6)
    edges = [(await box_of(one))["right"] for one in await screen.locator(".container, .container *").all()]
    assert max(edges) <= PHONE["width"]
