"""What the page looks like on the machines and screens that people have."""

from typing import Any, Literal

import pytest
from playwright.async_api import Page, expect

from tests.simulators.discord.v2 import button, menu, row, section, text
from tests.simulators.page.conftest import DemoPageSetup
from tests.simulators.page.scripted import EPHEMERAL, MESSAGE, ScriptedBot, card

pytestmark = pytest.mark.asyncio(loop_scope="session")

PHONE: Any = {"width": 390, "height": 844}
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
# Each text with its contrast to what is behind it: https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio
CONTRASTS = """() => {
  const parse = (color) => {
    const [r, g, b, a = 1] = color.match(/[\\d.]+/g).map(Number);
    return [r, g, b, a];
  };
  const over = ([r, g, b, a], under) => [r, g, b].map((one, at) => one * a + under[at] * (1 - a));
  const behind = (node) => {
    const chain = [];
    for (let one = node; one; one = one.parentElement) chain.unshift(parse(getComputedStyle(one).backgroundColor));
    return chain.reduce((under, color) => over(color, under), [255, 255, 255]);
  };
  const light = (color) => {
    const [r, g, b] = color.map((one) => one / 255).map((one) =>
      (one <= 0.03928 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = (node, color) => {
    const under = behind(node);
    const [a, b] = [light(over(parse(color), under)), light(under)].sort((one, other) => other - one);
    return (a + 0.05) / (b + 0.05);
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const found = [];
  while (walker.nextNode()) {
    const node = walker.currentNode.parentElement;
    const [text, style] = [walker.currentNode.textContent.trim(), getComputedStyle(node)];
    if (text && node.checkVisibility({ visibilityProperty: true }) && !node.closest(".unseen, .skip")) {
      found.push([text, node.id, contrast(node, style.color)]);
    }
  }
  const entry = document.getElementById("entry");
  found.push(["placeholder", "entry", contrast(entry, getComputedStyle(entry, "::placeholder").color)]);
  return found;
}"""
LEAST = {"send": 3.0, "menu": 3.0}  # icons; all else is text


def says(reply: dict[str, Any]) -> Any:
    async def handler(bot: ScriptedBot, interaction: dict[str, Any]) -> None:
        await bot.answer(interaction, MESSAGE, reply | {"flags": reply.get("flags", 0) | EPHEMERAL})

    return handler


async def run(screen: Page, text: str) -> None:
    await screen.click("#entry")
    await screen.keyboard.type(text)
    await screen.keyboard.press("Enter")


async def test_every_text_stands_out_and_is_drawn_by_a_font_for_text(stage: DemoPageSetup, screen: Page) -> None:
    words = "Said -# small\n-# small <t:1700000000:R> [a](https://e.com) `code` <@1> </clip:1>"
    parts = [text(f"### Front\n{words}"), section(text("Armed"), accessory=button()), row(menu("a"))]
    stage.bot.handlers["cameras"] = says(card(*parts, accent_color=1))
    await stage.bot.dm(stage.alice.id, {"content": "news"})
    await run(screen, "/cameras ")
    await expect(screen.locator(".private")).to_be_visible()
    await expect(screen.locator(".tab[data-tab=dm] .badge")).to_be_visible()
    for scheme in SCHEMES:
        await screen.emulate_media(color_scheme=scheme)
        found = await screen.evaluate(CONTRASTS)
        assert len(found) > 20
        assert [one for one in found if one[2] < LEAST.get(one[1], 4.5)] == [], scheme
    # DevTools does not lay out the page itself and knows no font of a text that nothing has laid out yet.
    await screen.locator("#welcome").evaluate("(node) => { node.textContent = '0 1 2 3 4'; node.offsetHeight; }")
    devtools = await screen.context.new_cdp_session(screen)
    for domain in ("DOM", "CSS"):
        await devtools.send(f"{domain}.enable")
    root = (await devtools.send("DOM.getDocument"))["root"]["nodeId"]
    node = await devtools.send("DOM.querySelector", {"nodeId": root, "selector": "#welcome"})
    drawn = (await devtools.send("CSS.getPlatformFontsForNode", node))["fonts"]
    await devtools.detach()
    assert drawn
    assert not [font["familyName"] for font in drawn if "Emoji" in font["familyName"]]


async def test_words_typed_behind_a_command_are_its_next_option_and_never_dropped(
    stage: DemoPageSetup, screen: Page
) -> None:
    asked: list[Any] = []

    async def clip(bot: ScriptedBot, interaction: dict[str, Any]) -> None:
        asked.append({one["name"]: one["value"] for one in interaction["data"]["options"]})
        await bot.answer(interaction, MESSAGE, {"content": "asked"})

    stage.bot.handlers["clip"] = clip
    await screen.click("#entry")
    await screen.keyboard.type("/clip ")
    await screen.keyboard.type("garage")
    await screen.locator("#entry").focus()
    await screen.keyboard.type("true")
    await screen.keyboard.press("Enter")
    await expect(screen.locator(".content")).to_have_text("asked")
    assert [list(one.values())[-1] for one in asked] == [True]
    await run(screen, "/cameras home")
    await expect(screen.locator("#complaint")).to_contain_text("takes nothing more: “home”")
    await expect(screen.locator(".message")).to_have_count(1)


async def test_a_channel_is_mentioned_by_its_name(stage: DemoPageSetup, screen: Page) -> None:
    stage.bot.handlers["cameras"] = says({"content": f"They come to <#{stage.general.id}>, not <#1>."})
    await run(screen, "/cameras ")
    await expect(screen.locator(".content")).to_have_text("They come to #general, not #unknown.")


async def test_on_a_phone_the_first_tab_skips_to_the_box_the_menu_is_free_and_no_word_breaks(
    stage: DemoPageSetup, screen: Page
) -> None:
    await screen.keyboard.press("Tab")
    link = screen.get_by_role("link", name="Skip to the message box")
    await expect(link).to_be_focused()
    await expect(link).to_be_in_viewport()
    await screen.keyboard.press("Enter")
    await expect(screen.locator("#entry")).to_be_focused()
    await screen.set_viewport_size(PHONE)
    await stage.bot.dm(stage.alice.id, {"content": "news"})
    badge = screen.locator("#menu .badge")
    await expect(badge).to_be_visible()
    menu, on_it = await screen.locator("#menu").bounding_box(), await badge.bounding_box()
    assert menu
    assert on_it
    assert on_it["x"] >= menu["x"] + 24, "the sign is in the middle 20 points of 32"
    stage.bot.handlers["cameras"] = says(card(section(text("Temperature"), accessory=button(label="Picture"))))
    await run(screen, "/cameras ")
    name = screen.locator(".section .text")
    await expect(name).to_be_visible()
    assert (await name.evaluate("(node) => node.getClientRects().length && node.offsetHeight")) < 40
