"""Commands in replies can be clicked; the text of others never becomes one."""

import pytest

from bot.wording import Card, Tone
from bot.wording.any_command import clickable, with_clickable
from bot.wording.cards import plain

IDS = {"clip": 11, "share add": 12, "share list": 12}
TEXTS = {
    "a command": ("Use `/clip` now.", "Use </clip:11> now."),
    "a command of a group": ("`/share add` or `/share list`", "</share add:12> or </share list:12>"),
    "the group itself, which Discord does not let people click": ("`/share`", "`/share`"),
    "one without an id": ("`/cameras` and `/clip`", "`/cameras` and </clip:11>"),
    "one with its options": ("`/clip seconds:`", "`/clip seconds:`"),
    "in bold": ("**`/clip`**", "**</clip:11>**"),
    "no command": ("`clip` /clip", "`clip` /clip"),
}
HOSTILE = [
    "`/clip`",
    "``/clip``",
    r"\`/clip`",
    "</clip:11>",
    "`/clip",
    "a`/clip`b",
    "`/share add`",
    "https://a.example/`/clip`b",
]


@pytest.mark.parametrize(("text", "shown"), TEXTS.values(), ids=TEXTS.keys())
def test_our_own_commands_can_be_clicked(text: str, shown: str) -> None:
    assert clickable(text, IDS) == shown


def test_without_ids_all_stays_as_it_is() -> None:
    for text, _ in TEXTS.values():
        assert clickable(text, {}) == text


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("around", ["{}", "“{}”", "`{}`", "{} `/clip`", "`/clip` {}{}"])
def test_the_text_of_others_never_becomes_a_command(name: str, around: str) -> None:
    text = around.format(*[plain(name)] * 2)
    ours = around.count("`/clip`")
    shown = clickable(text, IDS)
    assert shown.count("</clip:11>") - shown.count(r"\</clip:11>") == ours
    assert "</share add:" not in shown


def test_text_small_print_and_fields_of_a_card_are_drawn_so() -> None:
    card = Card("Use `/clip`", "`/clip`", Tone.GOOD, small="or `/clip`", fields=(("Next", "`/clip` now"),))
    drawn = with_clickable(card, IDS)
    assert (drawn.title, drawn.text, drawn.small) == ("Use `/clip`", "</clip:11>", "or </clip:11>")
    assert drawn.fields == (("Next", "</clip:11> now"),)
