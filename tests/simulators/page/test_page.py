"""What a visitor does on the page, in a real browser, against the simulated Discord and a scripted bot."""

import asyncio
import time
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.simulators.discord.v2 import button, gallery, menu, row, text
from tests.simulators.page.conftest import DemoPageSetup
from tests.simulators.page.scripted import DEFER, EPHEMERAL, MESSAGE, UPDATE, ScriptedBot, card, run
from tests.support.chromium import PATIENCE

pytestmark = pytest.mark.asyncio(loop_scope="session")

BUTTONS = {
    "type": 1,
    "components": [
        {"type": 2, "style": 1, "label": "Record again", "custom_id": "again"},
        {"type": 2, "style": 2, "label": "Remove", "custom_id": "remove", "disabled": True},
        {"type": 2, "style": 5, "label": "Help", "url": "https://example.com/"},
    ],
}
MENU = {
    "type": 1,
    "components": [
        {
            "type": 3,
            "custom_id": "pick",
            "placeholder": "Which one?",
            "options": [{"label": "Old", "value": "1"}, {"label": "New", "value": "2", "description": "Home"}],
        }
    ],
}


async def becomes(screen: Page, expression: str) -> None:
    """Wait for an expression (playwright's own wait uses eval, which the page's policy forbids)."""
    async with asyncio.timeout(PATIENCE / 1000):
        while not await screen.evaluate(expression):  # noqa: ASYNC110 - only the browser knows
            await asyncio.sleep(0.02)


def says(content: str, *, private: bool = True) -> Any:
    async def handler(bot: ScriptedBot, interaction: dict[str, Any]) -> None:
        await bot.answer(interaction, MESSAGE, {"content": content, "flags": EPHEMERAL if private else 0})

    return handler


async def test_a_command_is_picked_filled_and_run_with_the_keyboard(stage: DemoPageSetup, screen: Page) -> None:
    async def clip(bot: ScriptedBot, interaction: dict[str, Any]) -> None:
        options = {option["name"]: option["value"] for option in interaction["data"]["options"]}
        await bot.answer(interaction, MESSAGE, {"content": f"asked for {options}"})

    stage.bot.handlers["clip"] = clip
    await run(screen, "/")
    await expect(screen.get_by_role("option", name="/clip camera")).to_be_visible()
    await run(screen, "cl", "Tab")
    await expect(screen.get_by_role("option", name="Garage")).to_be_visible()
    await screen.keyboard.type("gar")
    await screen.keyboard.press("Enter")  # too early: the first choice is taken once the choices are there
    await expect(screen.locator("[data-option=camera]")).to_have_value("Garage")
    await expect(screen.get_by_role("option", name="share")).to_be_visible()
    await screen.keyboard.press("ArrowDown")
    await screen.keyboard.press("Enter")
    await screen.keyboard.type("fa")
    await screen.keyboard.press("Tab")
    await screen.keyboard.press("Enter")
    await expect(screen.locator(".asked")).to_have_text("Aalice used /clip")
    await expect(screen.locator(".content")).to_contain_text("asked for {'camera': 'id:Garage', 'share': False}")
    await expect(screen.locator(".app")).to_have_text("APP")


async def test_escape_backspace_and_missing_options(stage: DemoPageSetup, screen: Page) -> None:
    await run(screen, "/notify ")
    await screen.keyboard.press("Escape")
    await screen.keyboard.press("Enter")
    await expect(screen.get_by_role("alert").filter(has_text="required")).to_be_visible()
    await screen.keyboard.type("sometimes")
    await screen.keyboard.press("Enter")
    await expect(screen.get_by_role("alert").filter(has_text="Select one of the choices")).to_be_visible()
    await screen.locator("[data-option=clips]").fill("")
    await screen.keyboard.press("Backspace")
    await expect(screen.locator(".pill")).to_have_count(0)
    await run(screen, "hello", "Enter")
    await expect(screen.locator("#complaint")).to_contain_text("only commands")


async def test_a_hint_begins_the_command_and_the_mouse_chooses(stage: DemoPageSetup, screen: Page) -> None:
    stage.bot.handlers["clip"] = says("on its way")
    await expect(screen.locator("#account")).to_be_hidden()
    await screen.get_by_role("button", name="Garage busy").click()
    await screen.get_by_role("option", name="Garage").click()
    await screen.click("#send")
    await expect(screen.locator(".content")).to_have_text("on its way")


async def test_silence_is_said_and_can_be_dismissed(stage: DemoPageSetup, screen: Page) -> None:
    stage.sim.ack_deadline = 1.0
    await run(screen, "/cameras ", "Enter")
    await expect(screen.locator(".content")).to_have_text("Sending command…")
    await expect(screen.locator(".content")).to_have_text("The application did not respond")
    await screen.get_by_role("button", name="Dismiss message").click()
    await expect(screen.locator(".message")).to_have_count(0)


async def test_a_reply_changes_live_under_a_playing_video(stage: DemoPageSetup, screen: Page, clip: bytes) -> None:
    go = asyncio.Semaphore(0)
    started = int(time.time()) - 65

    async def handler(bot: ScriptedBot, interaction: dict[str, Any]) -> None:
        await bot.answer(interaction, DEFER)
        await go.acquire()
        await bot.edit(interaction, {"content": "recording"})
        await go.acquire()
        await bot.edit(
            interaction,
            {"content": f"done <t:{started}:R>", "components": [BUTTONS]},
            (("front.mp4", clip),),
        )
        await go.acquire()
        await bot.edit(interaction, {"content": f"**later** by <@{stage.alice.id}>"})

    stage.bot.handlers["cameras"] = handler
    await run(screen, "/cameras ", "Enter")
    await expect(screen.locator(".thinking")).to_contain_text("Blink Clips is thinking…")
    go.release()
    await expect(screen.locator(".content")).to_have_text("recording")
    await expect(screen.locator(".edited")).to_have_count(0)  # it ends the deferral and changes nothing
    go.release()
    await expect(screen.locator(".content")).to_have_text("done 1 minute ago(edited)")
    await expect(screen.locator(".edited")).to_have_text("(edited)")
    await expect(screen.locator(".row .button")).to_have_text(["Record again", "Remove", "Help"])
    await expect(screen.locator("figcaption")).to_contain_text("front.mp4")
    await screen.evaluate("document.querySelector('video').muted = true")
    await screen.evaluate("document.querySelector('video').play()")
    await becomes(screen, "document.querySelector('video').currentTime > 0.2")
    await screen.evaluate("window.playing = document.querySelector('video')")
    go.release()
    await expect(screen.locator(".content strong")).to_have_text("later")
    await expect(screen.locator(".content .mention")).to_have_text("@alice")
    await expect(screen.locator(".content .edited")).to_have_text("(edited)")
    assert await screen.evaluate("playing === document.querySelector('video') && !playing.paused")
    await screen.evaluate("playing.currentTime = 3")
    await becomes(screen, "playing.readyState >= 2 && playing.currentTime >= 3")


async def test_buttons_wait_answer_and_fail(stage: DemoPageSetup, screen: Page) -> None:
    answer = asyncio.Event()
    chosen: list[str] = []

    async def again(bot: ScriptedBot, interaction: dict[str, Any]) -> None:
        await answer.wait()
        await says("Only alice can do this.")(bot, interaction)

    async def pick(bot: ScriptedBot, interaction: dict[str, Any]) -> None:
        chosen.extend(interaction["data"]["values"])
        await bot.answer(interaction, UPDATE)

    stage.bot.handlers |= {"again": again, "pick": pick}
    body = {"content": "ready", "components": [BUTTONS, MENU]}
    sent = await stage.bot.call("POST", f"/channels/{stage.general.id}/messages", body)
    await screen.get_by_role("button", name="bob", exact=True).click()
    button = screen.locator("[data-custom-id=again]")
    await button.click()
    await expect(button).to_have_attribute("aria-busy", "true")
    answer.set()
    await expect(screen.locator(".message.ephemeral .content")).to_have_text("Only alice can do this.")
    await expect(screen.locator(".message.ephemeral .asked")).to_have_text("Bbob pressed Record again")
    await expect(button).not_to_have_attribute("aria-busy", "true")
    await screen.locator("[data-custom-id=pick]").click()
    await screen.keyboard.press("ArrowDown")
    await screen.keyboard.press("Enter")
    await expect(screen.locator("[data-custom-id=pick]")).to_be_enabled()
    assert chosen == ["2"]
    del stage.bot.handlers["again"]
    stage.sim.ack_deadline = 0.3
    await button.click()
    await expect(screen.locator(".failed")).to_have_text("This interaction failed")
    await stage.bot.call("DELETE", f"/channels/{stage.general.id}/messages/{sent['id']}", None)
    await expect(screen.get_by_text("ready", exact=True)).to_have_count(0)


async def test_private_replies_belong_to_one_viewer(stage: DemoPageSetup, screen: Page) -> None:
    stage.bot.handlers["cameras"] = says("for alice alone")
    await run(screen, "/cameras ", "Enter")
    await expect(screen.locator(".private")).to_contain_text("Only you can see this")
    await stage.bot.call("POST", f"/channels/{stage.general.id}/messages", {"content": "for everybody"})
    await screen.get_by_role("button", name="bob", exact=True).click()
    await expect(screen.locator(".content")).to_have_text(["for everybody"])
    await screen.get_by_role("button", name="alice", exact=True).click()
    await expect(screen.locator(".content")).to_have_text(["for alice alone", "for everybody"])
    await screen.get_by_role("button", name="Dismiss message").click()
    await expect(screen.locator(".content")).to_have_text(["for everybody"])


async def test_the_dm_has_a_badge_and_plays_its_video(stage: DemoPageSetup, screen: Page, clip: bytes) -> None:
    await stage.bot.dm(stage.alice.id, {"content": "your clip"}, (("dm.mp4", clip),))
    tab = screen.locator(".tab[data-tab=dm]")
    await expect(tab.locator(".badge")).to_have_text("1")
    await tab.click()
    await expect(screen.locator(".content")).to_have_text("your clip")
    await becomes(screen, "document.querySelector('video').readyState >= 2")
    await expect(tab.locator(".badge")).to_be_hidden()
    stage.bot.handlers["cameras"] = says("here too", private=False)
    await run(screen, "/cameras ", "Enter")
    await expect(screen.locator(".content")).to_have_text(["your clip", "here too"])


async def test_hostile_text_stays_text(stage: DemoPageSetup, screen: Page) -> None:
    nasty = "<img src=x onerror=alert(1)>"
    links = '[x](javascript:alert(1)) [y](https://e.com/"onmouseover=alert(1)) `<b>` <@99> <t:99999999999999:R>'
    await stage.bot.post(stage.general.id, {"content": f"{nasty} {links}"})
    await stage.bot.post(
        stage.general.id,
        card(
            text(f"### {nasty}\n**{nasty}**\n> {nasty}\n- {nasty}"),
            gallery("https://example.com/track.png", description=nasty),
            row(button(label=nasty), button("other", label="x", emoji={"name": nasty})),
            row(menu("a", placeholder=nasty)),
        ),
    )
    await expect(screen.locator(".heading")).to_have_text(nasty)
    await expect(screen.locator(".placeholder")).to_have_text(nasty)
    await expect(screen.locator("#messages img:not(.avatar img)")).to_have_count(0)
    await expect(screen.locator(".content a")).to_have_count(1)
    await run(screen, "/clip ")
    await expect(screen.get_by_role("option", name=nasty)).to_be_visible()


async def test_it_fits_a_phone(stage: DemoPageSetup, screen: Page, clip: bytes, tmp_path: Path) -> None:
    await stage.bot.dm(stage.alice.id, {"content": "x" * 300, "components": [BUTTONS]}, (("dm.mp4", clip),))
    await screen.set_viewport_size({"width": 390, "height": 780})
    await expect(screen.locator("#menu .badge")).to_have_text("1")
    await screen.click("#menu")
    await screen.locator(".tab[data-tab=dm]").click()
    await expect(screen.locator("#sidebar")).to_be_hidden()
    await expect(screen.locator("video")).to_be_visible()
    width = await screen.evaluate(
        "Math.max(document.documentElement.scrollWidth, document.querySelector('#scroller').scrollWidth)"
    )
    assert width <= 390
    picture = await screen.screenshot(path=tmp_path / "phone.png")
    assert picture.startswith(b"\x89PNG")


async def test_who_has_no_link_yet_is_told_how_and_gets_the_code(stage: DemoPageSetup, screen: Page) -> None:
    stage.page.ring(stage.bob, "Blink: your code is 000000")
    await expect(screen.locator("#switching")).to_contain_text("Switch to bob, below the channel list, to link")
    await screen.get_by_role("button", name="bob", exact=True).click()
    await expect(screen.locator("#steps dd")).to_have_text(["bob@example.com", "a <b>pass word"])
    await expect(screen.locator("#texts .sms")).to_contain_text(["000000"])
    await screen.click("#help")
    await expect(screen.locator("#try")).to_be_hidden()
    stage.page.ring(stage.alice, "Blink: your code is 111111")
    stage.page.ring(stage.bob, "Blink: your code is <b>123456")
    await expect(screen.locator("#texts .sms").last).to_contain_text("Blink: your code is <b>123456")
    await expect(screen.locator("#texts .sms")).to_have_count(2)
    await screen.get_by_role("button", name="/link", exact=True).click()
    await expect(screen.locator(".command")).to_have_text("/link")


async def test_a_link_button_opens_only_https_and_this_machine(stage: DemoPageSetup, screen: Page) -> None:
    safe = ["https://example.com/a", "http://127.0.0.1:1/link/x", "http://localhost:1/link/x"]
    unsafe = ["http://example.com/", "http://127.0.0.1.example.com/", "http://127.0.0.1@example.com/"]
    buttons = [{"type": 2, "style": 5, "label": url[-20:], "url": url} for url in (*safe, *unsafe)]
    rows = [{"type": 1, "components": buttons[:3]}, {"type": 1, "components": buttons[3:]}]
    await stage.bot.call("POST", f"/channels/{stage.general.id}/messages", {"content": "go", "components": rows})
    links = screen.locator(".row a.button")
    await expect(links).to_have_count(6)
    assert [await link.get_attribute("href") for link in await links.all()] == [*safe, None, None, None]
    for link in await links.all():
        assert await link.get_attribute("target") == "_blank"
        assert "noopener" in (await link.get_attribute("rel") or "")


async def test_the_page_comes_back_after_a_lost_connection(stage: DemoPageSetup, screen: Page) -> None:
    path = f"/channels/{stage.general.id}/messages"
    sent = await stage.bot.call("POST", path, {"content": "before"})
    await expect(screen.locator(".content")).to_have_text(["before"])
    await stage.page.close()
    await stage.bot.call("DELETE", f"{path}/{sent['id']}", None)
    await stage.bot.call("POST", path, {"content": "meanwhile"})
    await stage.page.start(int(stage.url.rpartition(":")[2]))
    await expect(screen.locator(".content")).to_have_text(["meanwhile"])
    await expect(screen.locator("#banner")).to_be_hidden()


async def test_the_end_of_the_demo_is_said(stage: DemoPageSetup, screen: Page) -> None:
    await stage.page.close()
    await expect(screen.locator("#banner")).to_contain_text("The demo has ended. Run make demo again")
    await screen.context.set_offline(True)  # its attempts to come back would be errors in the console
