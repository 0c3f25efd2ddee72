"""Which components Discord takes, and which it refuses and why."""

import json
from typing import Any

import pytest

from tests.simulators.discord.conftest import GuildSetup, Sender
from tests.simulators.discord.v2 import (
    FULL,
    V2,
    Wire,
    box,
    button,
    file,
    gallery,
    menu,
    places,
    row,
    section,
    text,
    thumbnail,
)

GOOD: dict[str, list[Wire]] = {
    "everything": [FULL],
    "no container": [text(), row(button()), gallery("attachment://a.jpg")],
    "forty components": [box(*(text() for _ in range(35))), row(button(), button("b"), button("c"))],
    "4,000 characters": [text("x" * 2000), box(text("y" * 2000))],
    "the largest gallery": [gallery(*["attachment://a.jpg"] * 10)],
    "25 options": [row(menu(*map(str, range(25))))],
    "somebody else's picture": [gallery("https://example.com/a.jpg")],
    "two containers": [box(text(), accent_color=0), box(text(), accent_color=None)],
    "its own ids": [box(text() | {"id": 7}, id=9)],
    "an emoji alone": [row({"type": 2, "style": 1, "custom_id": "x", "emoji": {"name": "📹"}})],
}
Bad = tuple[list[Any], str, str]
LENGTH, TYPE, REQUIRED = "BASE_TYPE_BAD_LENGTH", "UNION_TYPE_CHOICES", "BASE_TYPE_REQUIRED"
NOT_FOUND, SCHEME = "UNFURLED_MEDIA_ITEM_REFERENCED_ATTACHMENT_NOT_FOUND", "URL_TYPE_INVALID_SCHEME"
TWICE, WIDE = "COMPONENT_CUSTOM_ID_DUPLICATED", "COMPONENT_LAYOUT_WIDTH_EXCEEDED"
BAD: dict[str, Bad] = {
    "nothing": ([], "components", LENGTH),
    "no list": ([7], "components.0", TYPE),
    "41 components": ([box(*(text() for _ in range(40)))], "components", "COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED"),
    "41 with accessories": (
        [*(section(text(), accessory=button(str(at))) for at in range(13)), text(), text()],
        "components",
        "COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED",
    ),
    "4,001 characters": (
        [text("x" * 2000), box(text("y" * 2001))],
        "components",
        "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED",
    ),
    "an empty text": ([text("")], "components.0.content", LENGTH),
    "a blank text": ([box(text(" \n"))], "components.0.components.0.content", LENGTH),
    "a container in a container": ([box(box(text()))], "components.0.components.0", TYPE),
    "an empty container": ([box()], "components.0.components", LENGTH),
    "a button on its own": ([button()], "components.0", TYPE),
    "a button in a container": ([box(button())], "components.0.components.0", TYPE),
    "a thumbnail on its own": ([thumbnail()], "components.0", TYPE),
    "an unknown type": ([{"type": 99}], "components.0", TYPE),
    "no type": ([{"content": "x"}], "components.0", TYPE),
    "a dark colour": ([box(text(), accent_color=-1)], "components.0.accent_color", "NUMBER_TYPE_MIN"),
    "a bright colour": ([box(text(), accent_color=0x1000000)], "components.0.accent_color", "NUMBER_TYPE_MAX"),
    "four texts in a section": (
        [section(text(), text(), text(), text(), accessory=button())],
        "components.0.components",
        LENGTH,
    ),
    "no text in a section": ([section(accessory=button())], "components.0.components", LENGTH),
    "no accessory": ([section(text())], "components.0.accessory", REQUIRED),
    "a menu as an accessory": ([section(text(), accessory=menu("a"))], "components.0.accessory", TYPE),
    "a row in a section": (
        [section(row(button()), accessory=thumbnail())],
        "components.0.components.0.type",
        "BASE_TYPE_CHOICES",
    ),
    "an empty gallery": ([gallery()], "components.0.items", LENGTH),
    "eleven pictures": ([gallery(*["attachment://a.jpg"] * 11)], "components.0.items", LENGTH),
    "a long caption": (
        [gallery("attachment://a.jpg", description="d" * 1025)],
        "components.0.items.0.description",
        LENGTH,
    ),
    "an empty caption": ([gallery("attachment://a.jpg", description="")], "components.0.items.0.description", LENGTH),
    "a long caption beside": (
        [section(text(), accessory=thumbnail(description="d" * 1025))],
        "components.0.accessory.description",
        LENGTH,
    ),
    "a picture that is not there": (
        [box(gallery("attachment://b.jpg"))],
        "components.0.components.0.items.0.media.url",
        NOT_FOUND,
    ),
    "a thumbnail that is not there": (
        [section(text(), accessory=thumbnail("attachment://b.jpg"))],
        "components.0.accessory.media.url",
        NOT_FOUND,
    ),
    "a file that is not there": ([file("attachment://b.zip")], "components.0.file.url", NOT_FOUND),
    "somebody else's file": ([file("https://example.com/a.zip")], "components.0.file.url", SCHEME),
    "a picture of this machine": ([gallery("file:///etc/passwd")], "components.0.items.0.media.url", SCHEME),
    "six buttons": ([row(*(button(str(at)) for at in range(6)))], "components.0.components", LENGTH),
    "an empty row": ([row()], "components.0.components", LENGTH),
    "a menu beside a button": (
        [row(menu("a"), button())],
        "components.0.components",
        WIDE,
    ),
    "two menus": (
        [row(menu("a"), menu("a", custom_id="other"))],
        "components.0.components",
        WIDE,
    ),
    "a text in a row": ([row(text())], "components.0.components.0", TYPE),
    "a long custom_id": ([row(button("x" * 101))], "components.0.components.0.custom_id", LENGTH),
    "no custom_id": ([row({"type": 2, "style": 1, "label": "x"})], "components.0.components.0.custom_id", REQUIRED),
    "one custom_id twice": (
        [row(button()), box(section(text(), accessory=button()))],
        "components.1.components.0.accessory.custom_id",
        TWICE,
    ),
    "a button and a menu of one custom_id": (
        [row(button("pick")), row(menu("a"))],
        "components.1.components.0.custom_id",
        TWICE,
    ),
    "one id twice": ([text() | {"id": 7}, text() | {"id": 7}], "components.1.id", "COMPONENT_ID_DUPLICATED"),
    "a long label": ([row(button(label="x" * 81))], "components.0.components.0.label", LENGTH),
    "no label": ([row(button(label=None))], "components.0.components.0.label", REQUIRED),
    "no such style": ([row(button(style=7))], "components.0.components.0.style", "BASE_TYPE_CHOICES"),
    "a link with a custom_id": (
        [row(button(style=5, url="https://example.com"))],
        "components.0.components.0.custom_id",
        "COMPONENT_FIELD_NOT_ALLOWED",
    ),
    "a link to nowhere": (
        [row({"type": 2, "style": 5, "label": "x", "url": "javascript:alert(1)"})],
        "components.0.components.0.url",
        SCHEME,
    ),
    "26 options": ([row(menu(*map(str, range(26))))], "components.0.components.0.options", LENGTH),
    "no options": ([row(menu())], "components.0.components.0.options", LENGTH),
    "fewer options than may be chosen": ([row(menu("a", max_values=2))], "components.0.components.0.options", LENGTH),
    "one value twice": (
        [row(menu("a", "a"))],
        "components.0.components.0.options.1.value",
        "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED",
    ),
    "a long option": ([row(menu("x" * 101))], "components.0.components.0.options.0.label", LENGTH),
    "a long placeholder": ([row(menu("a", placeholder="x" * 151))], "components.0.components.0.placeholder", LENGTH),
}
CLASSIC_BAD: dict[str, Bad] = {
    "V2 without the flag": ([text()], "components.0", TYPE),
    "a container without the flag": ([box(row(button()))], "components.0", TYPE),
    "six rows": ([row(button(str(at))) for at in range(6)], "components", LENGTH),
    "one custom_id twice": ([row(button(), button())], "components.0.components.1.custom_id", TWICE),
    "a long label": ([row(button(label="x" * 81))], "components.0.components.0.label", LENGTH),
}


@pytest.mark.parametrize("components", GOOD.values(), ids=GOOD)
async def test_a_good_message_is_taken(town: GuildSetup, send: Sender, components: list[Wire]) -> None:
    names = [name for name in ("a.jpg", "clip.mp4") if f"attachment://{name}" in json.dumps(components)]
    status, answer = await send.post({"flags": V2, "components": components}, *names)
    assert (status, answer.get("errors")) == (200, None)


@pytest.mark.parametrize(("components", "path", "code"), BAD.values(), ids=BAD)
async def test_a_bad_message_is_refused(
    town: GuildSetup, send: Sender, components: list[Any], path: str, code: str
) -> None:
    status, answer = await send.post({"flags": V2, "components": components}, "a.jpg")
    assert (status, answer["code"]) == (400, 50035)
    assert (path, code) in list(places(answer["errors"]))
    assert town.sim.messages(town.channel) == []


@pytest.mark.parametrize(("components", "path", "code"), CLASSIC_BAD.values(), ids=CLASSIC_BAD)
async def test_a_bad_classic_message_is_refused(
    town: GuildSetup, send: Sender, components: list[Any], path: str, code: str
) -> None:
    status, answer = await send.post({"content": "x", "components": components})
    assert (status, answer["code"]) == (400, 50035)
    assert (path, code) in list(places(answer["errors"]))
