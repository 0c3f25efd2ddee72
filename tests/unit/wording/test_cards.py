"""Other people's text, shown as it is."""

import pytest

from bot.wording.cards import plain

TEXTS = {
    "a link": ("[x](https://a.example)", r"\[x](https://a.example)"),
    "two links, and what stands between them": ("[x](a) **b** <@1> [y](c)", r"\[x](a) \*\*b\*\* \<@1> \[y](c)"),
    "a link that is escaped already": (r"\[x](a)", r"\\\[x](a)"),
    "markdown in an address": ("https://a.example/**b**`c`d", r"https://a.example/\*\*b\*\*\`c\`d"),
    "several lines": ("a\n# b", "a # b"),
    "a name like most": ("Front Door (2)", "Front Door (2)"),
}


@pytest.mark.parametrize(("text", "shown"), TEXTS.values(), ids=TEXTS.keys())
def test_markdown_of_others_is_shown_as_they_wrote_it(text: str, shown: str) -> None:
    assert plain(text) == shown
