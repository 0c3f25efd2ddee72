"""The shape of everything we say in Discord, a card with text and buttons, and how values are written in it."""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Literal

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

    `thumbnail` (beside the text) and `image` (under it) are the names of files attached to the message.
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
