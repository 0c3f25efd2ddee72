"""Everything we say in Discord is a card: its text and buttons, how values are written, and how Discord shows it."""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from itertools import chain
from typing import Literal

import discord
from discord.utils import escape_markdown


class Tone(Enum):
    """The state that a card's colour shows."""

    WORKING = 0x5865F2
    WAITING = 0xF0B232
    GOOD = 0x23A55A
    BAD = 0xDA373C


@dataclass(frozen=True, slots=True)
class Button:
    """A button; its `custom_id` is all that a click brings back, also after a restart. A `url` is opened instead.

    `row` is one of a message's five rows, from 0; without it, the first with room.
    """

    label: str
    custom_id: str | None
    style: Literal["primary", "secondary", "success", "danger"] = "secondary"
    emoji: str | None = None
    url: str | None = None
    row: int | None = None


@dataclass(frozen=True, slots=True)
class Menu:
    """A list to choose from; `options` are (value, label, description), of which Discord takes 25.

    If `most` is more than 1, choosing none is possible too; `chosen` are the values that are chosen already.
    """

    placeholder: str
    custom_id: str
    options: tuple[tuple[str, str, str], ...]
    most: int = 1
    chosen: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Card:
    """One message, or a part of one: `small` stands under the text in small print, `fields` are name and value pairs.

    `thumbnail` (beside the text) and `image` (under it) are the names of files attached to the message. `mention` is a
    role that a new message mentions.
    """

    title: str
    text: str
    tone: Tone
    small: str = ""
    fields: tuple[tuple[str, str], ...] = ()
    buttons: tuple[Button, ...] = ()
    menus: tuple[Menu, ...] = ()
    thumbnail: str | None = None
    image: str | None = None
    mention: int | None = None


@dataclass(frozen=True, slots=True)
class Reason:
    """An outcome in words: what happened, why, and what to do now."""

    headline: str
    cause: str
    next_step: str
    tone: Tone = Tone.BAD


def plain(text: str, limit: int = 200) -> str:
    """Escape somebody else's text, so that Discord shows it as it is and on one line."""
    # escape_markdown escapes nothing from the first link's "[" to the last one's ")", so it sees no "[".
    line = " ".join(text.split())[:limit].replace("[", "\0")
    return escape_markdown(line).replace("\0", r"\[").replace("<", r"\<")


def ago(moment: datetime) -> str:
    """Return Discord's own relative time, which ticks without an edit."""
    return f"<t:{int(moment.timestamp())}:R>"


def on(moment: datetime) -> str:
    """Return Discord's own date and time, in the reader's time zone."""
    return f"<t:{int(moment.timestamp())}:f>"


def length(seconds: float) -> str:
    """Return how long a video is."""
    whole = max(1, round(seconds))
    return f"{whole} s" if whole < 60 else f"{whole // 60} min {whole % 60} s"


def fahrenheit(degrees: float) -> str:
    """Return a temperature in both scales; Blink gives °F."""
    return f"{degrees:.0f} °F ({(degrees - 32) / 1.8:.0f} °C)"


def megabytes(size: int) -> str:
    """Return a file's size as people read it."""
    return f"{size / 2**20:.1f} MiB" if size >= 2**20 else f"{size / 2**10:.1f} KiB"


def file_name(camera: str, moment: datetime, reference: str, ending: str) -> str:
    """Return the name of a video or picture: camera, time and reference, in letters that every system takes."""
    safe = re.sub(r"[^A-Za-z0-9]+", "-", camera).strip("-") or "camera"
    return f"{safe[:40].lower()}-{moment:%Y%m%d-%H%M%S}-{reference}.{ending}"


_STYLES = {
    "primary": discord.ButtonStyle.primary,
    "secondary": discord.ButtonStyle.secondary,
    "success": discord.ButtonStyle.success,
    "danger": discord.ButtonStyle.danger,
}


def embed(card: Card) -> discord.Embed:
    """Return the card as an embed, within Discord's limits."""
    text = f"{card.text}\n-# {card.small}" if card.small else card.text
    result = discord.Embed(title=card.title[:256], description=text[:4096], colour=card.tone.value)
    for name, value in card.fields:
        result.add_field(name=name[:256], value=value[:1024] or "–", inline=True)  # noqa: RUF001 - a dash for nothing
    if card.thumbnail:
        result.set_thumbnail(url=f"attachment://{card.thumbnail}")
    if card.image:
        result.set_image(url=f"attachment://{card.image}")
    return result


def view(*cards: Card) -> discord.ui.View | None:
    """Return the menus and buttons of a message's cards; None if there are none."""
    menus = [*chain.from_iterable(card.menus for card in cards)]
    buttons = [*chain.from_iterable(card.buttons for card in cards)]
    if not buttons and not menus:
        return None
    result = discord.ui.View(timeout=None)
    for menu in menus:
        result.add_item(_select(menu))
    for button in buttons[:25]:
        result.add_item(_button(button))
    # discord.py keeps every view in memory until it is stopped; clicks are answered by custom_id (bot.ui.buttons).
    result.stop()
    return result


def _select(menu: Menu) -> discord.ui.Select[discord.ui.View]:
    options = [
        discord.SelectOption(
            value=value[:100], label=label[:100], description=description[:100] or None, default=value in menu.chosen
        )
        for value, label, description in menu.options[:25]
    ]
    return discord.ui.Select(
        custom_id=menu.custom_id,
        placeholder=menu.placeholder[:150],
        options=options,
        min_values=0 if menu.most > 1 else 1,
        max_values=min(menu.most, len(options)),
    )


def _button(button: Button) -> discord.ui.Button[discord.ui.View]:
    if button.url:
        return discord.ui.Button(label=button.label[:80], url=button.url, emoji=button.emoji)
    return discord.ui.Button(
        label=button.label[:80],
        custom_id=button.custom_id,
        style=_STYLES[button.style],
        emoji=button.emoji,
        row=button.row,
    )
