"""What a person reads in a message of the bot, whether it is drawn in components, as an embed or as plain content."""

import re
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import urlsplit

import discord

from bot.wording import Card
from bot.wording.cards import content, layout, view

Wire = dict[str, Any]
_ROW, _BUTTON, _MENU, _TEXT, _THUMBNAIL, _GALLERY, _CONTAINER = 1, 2, 3, 10, 11, 12, 17
_LOADING = 1 << 7


def walked(components: Sequence[Wire]) -> Iterator[Wire]:
    """Yield components and all that is nested in them."""
    for one in components:
        yield one
        yield from walked(one.get("components") or [])
        if accessory := one.get("accessory"):
            yield from walked([accessory])


def text_of(message: Wire | None) -> str:
    """Return all that a person reads in a message."""
    if message is None:
        return ""
    parts = [message.get("content") or ""]
    for embed in message.get("embeds") or []:
        parts += [embed.get("title", ""), embed.get("description", "")]
        parts += [f"{one['name']} {one['value']}" for one in embed.get("fields", [])]
    parts += [one["content"] for one in walked(message.get("components") or []) if one["type"] == _TEXT]
    return re.sub(r"</([a-z ]+):[0-9]+>", r"`/\1`", "\n".join(parts))  # a command that can be clicked reads like one


def cards_of(message: Wire | None) -> list[Wire]:
    """Return the boxes of a message, each as a message of its own."""
    boxes = [one for one in (message or {}).get("components") or [] if one["type"] == _CONTAINER]
    return [{"components": box["components"]} for box in boxes]


def titles_of(message: Wire | None) -> list[str]:
    """Return the titles of a message's cards."""
    return [line.removeprefix("### ") for line in text_of(message).splitlines() if line.startswith("### ")]


def buttons_of(message: Wire | None) -> dict[str, str]:
    """Return a message's buttons: label → custom_id; those that open an address have none.

    A label that stands under several cards is told apart by its card: "Clip Kitchen".
    """
    found = [
        (one["label"], title.partition(" ")[2], one["custom_id"])
        for title, components in _boxes(message)
        for one in walked(components)
        if one["type"] == _BUTTON and "custom_id" in one
    ]
    labels = [label for label, _, _ in found]
    return {label if labels.count(label) == 1 else f"{label} {card}": key for label, card, key in found}


def addresses_of(message: Wire | None) -> dict[str, str]:
    """Return the buttons that open an address: label → address."""
    found = walked((message or {}).get("components") or [])
    return {one["label"]: one["url"] for one in found if one["type"] == _BUTTON and one.get("url")}


def menus_of(message: Wire | None) -> list[Wire]:
    """Return a message's menus."""
    return [one for one in walked((message or {}).get("components") or []) if one["type"] == _MENU]


def rows_of(message: Wire | None) -> list[list[Wire]]:
    """Return the buttons and menus of a message, row by row."""
    found = walked((message or {}).get("components") or [])
    return [one["components"] for one in found if one["type"] == _ROW]


def pictures_of(message: Wire | None) -> list[Wire]:
    """Return what a message shows of its files: pictures beside texts, and those and videos below them."""
    found: list[Wire] = []
    for one in walked((message or {}).get("components") or []):
        found += [one] if one["type"] == _THUMBNAIL else one["items"] if one["type"] == _GALLERY else []
    return found


def name_of(picture: Wire) -> str:
    """Return the name of the file that a picture shows."""
    return urlsplit(picture["media"]["url"]).path.rpartition("/")[2] or urlsplit(picture["media"]["url"]).netloc


DELIVERED = {"Recorded", "Taken", "Live view"}
"""The headlines of replies that brought what was asked for."""


def headline_of(message: Wire | None) -> str:
    """Return what a reply says in bold, without times; of one that brought something, how its line below begins."""
    text = text_of(message)
    if found := re.search(r"\*\*(.+?)\*\*", text):
        return found[1]
    if " · Live view" in text:
        return "Live view"
    made = re.search(r"(Recorded|Taken) <t:", text)
    return made[1] if made else text


def answered(used: Any) -> Wire | None:
    """Return the reply of an interaction if it is more than "thinking"."""
    message: Wire | None = used.message
    if message is None or int(message.get("flags") or 0) & _LOADING:
        return None
    return message if text_of(message).strip() else None


def ended(message: Wire | None) -> Wire | None:
    """Return the message if it shows an end, which no progress ever looks like."""
    return message if message and text_of(message).strip() and "Asked <t:" not in text_of(message) else None


def drawn(*cards: Card, text: str | None = None) -> Wire:
    """Return cards as the reply that shows them."""
    return {"components": layout(*cards, text=text).to_components()}


def sent(card: Card) -> Wire:
    """Return a card as the direct message or alert that shows it."""
    buttons: discord.ui.View | None = view(card)
    return {"content": content(card), "components": buttons.to_components() if buttons else []}


def _boxes(message: Wire | None) -> Iterator[tuple[str, Sequence[Wire]]]:
    for one in (message or {}).get("components") or []:
        inner: Sequence[Wire] = one.get("components") or []
        box = {"components": inner} if one["type"] == _CONTAINER else {"components": [one]}
        yield next(iter(titles_of(box)), ""), box["components"]
