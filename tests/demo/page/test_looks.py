"""What the page looks like on the machines and screens that people have."""

from playwright.async_api import Page

from .conftest import Stage


async def test_digits_and_blanks_are_not_drawn_by_the_emoji_font(stage: Stage, screen: Page) -> None:
    family = await screen.evaluate("() => getComputedStyle(document.body).fontFamily")
    fonts = [font.strip(' "') for font in family.split(",")]
    assert fonts.index("sans-serif") < fonts.index("Noto Color Emoji")
