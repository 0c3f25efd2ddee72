"""What a visitor sees in a real browser who walks past a camera and chooses which cameras should write to them."""

from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.simulators.page.conftest import DemoPageSetup
from tests.simulators.page.scripted import MESSAGE, ScriptedBot, run

pytestmark = pytest.mark.asyncio(loop_scope="session")

CHANGE = 7


async def test_a_walk_past_a_camera_says_what_comes_of_it(stage: DemoPageSetup, screen: Page) -> None:
    await screen.get_by_text("Walk past a camera").click()
    await screen.get_by_role("button", name="Walk past Cat's Corner").click()
    await expect(screen.locator("#walked")).to_have_text("Cat's Corner films you.")
    assert stage.walked == ["Cat's Corner"]
    await screen.get_by_role("button", name="bob", exact=True).click()
    await expect(screen.locator("#walks")).to_be_hidden()
    await screen.get_by_role("button", name="alice", exact=True).click()
    await expect(screen.locator("#walked")).to_have_text("")


async def test_a_direct_message_that_comes_by_itself_is_seen_and_heard(stage: DemoPageSetup, screen: Page) -> None:
    await expect(screen.locator("#title")).to_have_text("general")
    for number in (1, 2):
        await stage.bot.dm(stage.alice.id, {"content": f"motion {number}"})
        await expect(screen.locator(".tab[data-tab=dm] .badge")).to_have_text(str(number))
    await expect(screen).to_have_title("(2) #general | Maple Street")
    await expect(screen.locator("#announcer")).to_have_text("Direct message. Blink Clips: motion 2")
    await expect(screen.locator(".content")).to_have_count(0)
    await screen.locator(".tab[data-tab=dm]").click()
    await expect(screen.locator(".content")).to_have_text(["motion 1", "motion 2"])
    await expect(screen).to_have_title("@Blink Clips | Maple Street")


async def test_cameras_are_chosen_in_a_menu_of_several(stage: DemoPageSetup, screen: Page) -> None:
    chosen = {"a"}

    def menu() -> dict[str, Any]:
        options = [{"label": f"Camera {name}", "value": name, "default": name in chosen} for name in "abc"]
        select = {"type": 3, "custom_id": "some", "placeholder": "None", "options": options}
        return {"components": [{"type": 1, "components": [select | {"min_values": 0, "max_values": 3}]}]}

    async def choose(bot: ScriptedBot, interaction: dict[str, Any]) -> None:
        chosen.clear()
        chosen.update(interaction["data"]["values"])
        await bot.answer(interaction, CHANGE, menu())

    stage.bot.handlers["some"] = choose
    await stage.bot.call("POST", f"/channels/{stage.general.id}/messages", {"content": "which?"} | menu())
    opener = screen.locator(".select")
    await expect(opener).to_contain_text("Camera a")

    async def pick(*names: str) -> None:
        await opener.click()
        for name in names:
            await screen.get_by_role("option", name=f"Camera {name}").click()
        await screen.keyboard.press("Escape")

    await pick("b", "c")
    await expect(opener).to_contain_text("Camera a, Camera b, Camera c")
    assert chosen == {"a", "b", "c"}
    await pick("a", "b", "c")
    await expect(opener).to_contain_text("None")
    assert chosen == set()


async def test_a_channel_is_chosen_in_the_channel_and_not_in_direct_messages(
    stage: DemoPageSetup, screen: Page
) -> None:
    heard: list[Any] = []

    async def notify(bot: ScriptedBot, interaction: dict[str, Any]) -> None:
        heard.append(interaction["data"].get("options"))
        await bot.answer(interaction, MESSAGE, {"content": "noted"})

    stage.bot.handlers["alerts"] = notify
    to = {"type": 7, "name": "to", "description": "Where"}
    commands = [{"name": "alerts", "description": "Alerts", "options": [to]}]
    await stage.bot.call("PUT", f"/applications/{stage.sim.application_id}/commands", commands)
    await run(screen, "/alerts ")
    await screen.get_by_role("option", name="to Where").click()
    await screen.get_by_role("option", name="#general").click()
    await screen.keyboard.press("Enter")
    await expect(screen.locator(".content")).to_have_text(["noted"])
    assert heard == [[{"name": "to", "type": 7, "value": str(stage.general.id)}]]
    await screen.locator(".tab[data-tab=dm]").click()
    await run(screen, "/alerts ")
    await expect(screen.get_by_role("option")).to_have_count(0)
    await screen.keyboard.press("Enter")
    await expect(screen.locator(".content")).to_have_text(["noted"])
    assert heard[1] in (None, [])
