"""Components, written by hand as a library would not always write them, and the places of Discord's errors."""

from collections.abc import Iterator
from typing import Any

V2, EPHEMERAL = 1 << 15, 1 << 6
Wire = dict[str, Any]


def text(words: str = "words") -> Wire:
    return {"type": 10, "content": words}


def button(custom_id: str = "again:1", **more: Any) -> Wire:
    return {"type": 2, "style": 2, "label": "Again", "custom_id": custom_id} | more


def row(*parts: Wire) -> Wire:
    return {"type": 1, "components": list(parts)}


def menu(*values: str, **more: Any) -> Wire:
    return {"type": 3, "custom_id": "pick", "options": [{"label": one, "value": one} for one in values]} | more


def section(*texts: Wire, accessory: Wire | None = None) -> Wire:
    made = {"type": 9, "components": list(texts)}
    return made if accessory is None else made | {"accessory": accessory}


def thumbnail(url: str = "attachment://a.jpg", **more: Any) -> Wire:
    return {"type": 11, "media": {"url": url}} | more


def gallery(*urls: str, **more: Any) -> Wire:
    return {"type": 12, "items": [{"media": {"url": url}} | more for url in urls]}


def file(url: str = "attachment://a.jpg") -> Wire:
    return {"type": 13, "file": {"url": url}}


def box(*parts: Wire, **more: Any) -> Wire:
    return {"type": 17, "components": list(parts)} | more


FULL = box(
    text("### Front Door\n-# <t:1700000000:R>"),
    section(text("one"), text("two"), text("three"), accessory=thumbnail(description="d" * 1024)),
    section(text("armed"), accessory=button("again:2")),
    gallery("attachment://a.jpg", "attachment://clip.mp4", description="moving"),
    {"type": 14, "divider": False, "spacing": 2},
    file("attachment://clip.mp4"),
    row(button(), {"type": 2, "style": 5, "label": "Help", "url": "https://example.com/"}),
    row(menu("a", "b", max_values=2)),
    accent_color=0xFFFFFF,
)


def places(errors: Wire, path: str = "") -> Iterator[tuple[str, str]]:
    """Go through Discord's tree of errors."""
    for key, value in errors.items():
        if key == "_errors":
            yield from ((path, one["code"]) for one in value)
        else:
            yield from places(value, f"{path}.{key}".strip("."))
