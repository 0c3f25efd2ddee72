"""What a message holds, however Discord lists it."""

from types import SimpleNamespace
from typing import Any, cast

import discord
import pytest

from bot.wording import Card, Tone
from bot.wording.cards import Button, custom_ids_of, files_of, texts_of
from tests.support.reading import drawn

NAME = "front-door-20261124.jpg"


def message(*components: Any, content: str = "", embeds: tuple[discord.Embed, ...] = ()) -> discord.Message:
    """Return a message as discord.py reads it."""
    from_wire = cast("Any", discord.components)._component_factory
    shown = [from_wire(one, None) for one in components]
    return cast("Any", SimpleNamespace(content=content, embeds=embeds, components=shown, attachments=[]))


@pytest.mark.parametrize(
    "url", [f"https://cdn.discordapp.com/attachments/1/2/{NAME}?ex=1&is=2&hm=3", f"attachment://{NAME}"]
)
def test_a_picture_that_an_embed_shows_counts_as_a_file_of_its_message(url: str) -> None:
    shown, none = discord.Embed(), discord.Embed()
    shown.set_image(url=url)
    assert files_of(message(embeds=(none, shown))) == [NAME]
    assert files_of(message(embeds=(none,))) == []


def test_what_a_reply_shows_is_found_however_deep_it_is_nested() -> None:
    card = Card("Front Door", "Asked", Tone.GOOD, "small", images=(NAME,), buttons=(Button("Stop", "stop"),))
    found = message(*drawn(card, text="above")["components"])
    assert [*filter(None, texts_of(found))] == ["above", "### Front Door\nAsked", "-# small"]
    assert files_of(found) == [NAME]
    assert custom_ids_of(found) == {"stop"}


def test_a_text_and_the_picture_beside_it_are_found() -> None:
    found = message(*drawn(Card("Front Door", "Asked", Tone.GOOD, thumbnail="latest.jpg"))["components"])
    assert "Asked" in "".join(texts_of(found))
    assert files_of(found) == ["latest.jpg"]


def test_what_the_version_before_has_drawn_is_found_too() -> None:
    row = {"type": 1, "components": [{"type": 2, "style": 2, "label": "Stop", "custom_id": "stop"}]}
    found = message(row, content="above", embeds=(discord.Embed(description="Asked"),))
    assert [*filter(None, texts_of(found))] == ["above", "Asked"]
    assert custom_ids_of(found) == {"stop"}
