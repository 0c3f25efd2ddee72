"""All that we say in Discord is a card: its text and buttons, how Discord draws it, and what a drawn message holds."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum
from typing import Any, Literal

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

    Buttons of another `row` than the one before begin a new row.
    """

    label: str
    custom_id: str = ""
    style: Literal["primary", "secondary", "danger"] = "secondary"
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
    """One message, or a part of one: `small` stands below everything in small print, `fields` are name and value pairs.

    `thumbnail` (beside the text), `images` (pictures and videos below it) and `download` are the names of files that
    are attached to the message: Discord shows none of a reply's files that its cards do not name. `mention` is a role
    that a new direct message or alert mentions.
    """

    title: str
    text: str
    tone: Tone
    small: str = ""
    fields: tuple[tuple[str, str], ...] = ()
    buttons: tuple[Button, ...] = ()
    menus: tuple[Menu, ...] = ()
    thumbnail: str | None = None
    images: tuple[str, ...] = ()
    download: str | None = None
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
    # By default it leaves the markdown in an address alone.
    return escape_markdown(line, ignore_links=False).replace("\0", r"\[").replace("<", r"\<")


def capital(text: str) -> str:
    """Return a text that begins with a capital letter."""
    return text[:1].upper() + text[1:]


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


def megabytes(size: int) -> str:
    """Return a file's size as people read it."""
    return f"{size / 2**20:.1f} MiB" if size >= 2**20 else f"{size / 2**10:.1f} KiB"


def file_name(camera: str, moment: datetime, reference: str, ending: str) -> str:
    """Return the name of a video or picture: camera, time and reference, in letters that every system takes."""
    safe = re.sub(r"[^A-Za-z0-9]+", "-", camera).strip("-") or "camera"
    return f"{safe[:40].lower()}-{moment:%Y%m%d-%H%M%S}-{reference}.{ending}"


# https://docs.discord.com/developers/components/reference
IN_A_MENU = 25
MOST_MENUS = 4  # the last of a message's five rows is for buttons
_MOST_COMPONENTS = 40  # the nested ones count too
_MOST_CHARACTERS = 4000
_MOST_IMAGES = 10
_MOST_BUTTONS = 25
_IN_A_ROW = 5
_LONGEST_TITLE = 256
_LONGEST_SMALL = 600
_LONGEST_CONTENT = 2000


def layout(*cards: Card, text: str | None = None, captions: Mapping[str, str] | None = None) -> discord.ui.LayoutView:
    """Return a reply: `text`, and each card in a box of its own, within Discord's limits.

    `captions` describe files by name for screen readers; without one, the card's title does.
    """
    result = discord.ui.LayoutView(timeout=None)
    if text or not cards:
        result.add_item(discord.ui.TextDisplay((text or "…")[:_MOST_CHARACTERS]))
    for card in _fitting(cards, before=len(text or "")):
        result.add_item(discord.ui.Container(*_parts(card, captions or {}), accent_colour=card.tone.value))
    # discord.py keeps every view in memory until it is stopped; clicks are answered by custom_id (bot.ui.buttons).
    result.stop()
    return result


def content(card: Card) -> str:
    """Return a direct message or an alert, of which a push notification shows nothing but this."""
    mention = f" <@&{card.mention}>" if card.mention is not None else ""
    first = [card.title + mention, _body(card)]
    small = f"-# {card.small[:_LONGEST_SMALL]}" if card.small else ""
    text = "\n".join(filter(None, first))
    return "\n".join(filter(None, [_shortened(text, _LONGEST_CONTENT - len(small) - 1), small]))


def view(card: Card) -> discord.ui.View | None:
    """Return the menus and buttons of a direct message or an alert; None if there are none."""
    rows = _rows(card)[:5]
    if not rows:
        return None
    result = discord.ui.View(timeout=None)
    for number, row in enumerate(rows):
        for item in row:
            item.row = number
            result.add_item(item)
    result.stop()
    return result


def _fitting(cards: Sequence[Card], *, before: int) -> list[Card]:
    """Cut what is too much for one reply: the longest texts, and the pictures beside the last cards."""
    fitting = [replace(card, title=card.title[:_LONGEST_TITLE], small=card.small[:_LONGEST_SMALL]) for card in cards]
    while (over := before + sum(len(one) for card in fitting for one in _texts(card)) - _MOST_CHARACTERS) > 0:
        longest = max(range(len(fitting)), key=lambda at: len(_body(fitting[at])))
        body = _body(fitting[longest])
        if not body:
            break
        fitting[longest] = replace(fitting[longest], text=_shortened(body, max(0, len(body) - over)), fields=())
    most = _MOST_COMPONENTS - bool(before)
    for at in reversed(range(len(fitting))):
        if sum(map(_components, fitting)) > most:
            fitting[at] = replace(fitting[at], thumbnail=None)
    return fitting


def _components(card: Card) -> int:
    """Return how many components draw a card, as Discord counts them."""
    rows = _rows(card)
    shown = len(_texts(card)) + 2 * bool(card.thumbnail) + bool(card.images) + bool(card.download)
    return 1 + shown + len(rows) + sum(map(len, rows))


def _texts(card: Card) -> list[str]:
    """Return a card's texts: one above its pictures and one below them, or one if there are none."""
    title = f"### {card.title}" if card.title else ""
    small = f"-# {card.small}" if card.small else ""
    above = "\n".join(filter(None, [title, _body(card)]))
    if not card.images and not card.download:
        above, small = "\n".join(filter(None, [above, small])), ""
    return [*filter(None, [above, small])]


def _body(card: Card) -> str:
    fields = " · ".join(f"**{name}** {value}" for name, value in card.fields)
    return "\n".join(filter(None, [card.text, fields]))


def _parts(card: Card, captions: Mapping[str, str]) -> Iterator[discord.ui.Item[Any]]:
    """Yield what a card's box holds, from above to below."""
    above, *below = _texts(card) or [""]
    if above and card.thumbnail:
        yield discord.ui.Section(above, accessory=discord.ui.Thumbnail[Any](**_media(card, card.thumbnail, captions)))
    elif above:
        yield discord.ui.TextDisplay(above)
    if card.images:
        shown = [discord.MediaGalleryItem(**_media(card, name, captions)) for name in card.images[:_MOST_IMAGES]]
        yield discord.ui.MediaGallery(*shown)
    if card.download:
        yield discord.ui.File(_address(card.download))
    yield from map(discord.ui.TextDisplay[Any], below)
    for row in _rows(card):
        yield discord.ui.ActionRow(*row)


def _media(card: Card, name: str, captions: Mapping[str, str]) -> dict[str, Any]:
    return {"media": _address(name), "description": (captions.get(name) or card.title or name)[:_LONGEST_TITLE]}


def _address(name: str) -> str:
    return f"attachment://{name}"


def _rows(card: Card) -> list[list[discord.ui.Item[Any]]]:
    """Return a card's menus, each in a row, and its buttons in rows of five."""
    rows: list[list[discord.ui.Item[Any]]] = [[_select(menu)] for menu in card.menus if menu.options]
    before: Button | None = None
    for button in card.buttons[:_MOST_BUTTONS]:
        if before is None or before.row != button.row or len(rows[-1]) == _IN_A_ROW:
            rows.append([])
        rows[-1].append(_button(button))
        before = button
    return rows


def _shortened(text: str, most: int) -> str:
    """Cut a text to so many characters, at the end of a line if one is near: not within a word of Discord's."""
    if len(text) <= most:
        return text
    cut = text[: max(0, most - 1)]
    whole = cut.rpartition("\n")[0]
    return f"{whole if len(whole) > most / 2 else cut}…"[: max(0, most)]


def _select(menu: Menu) -> discord.ui.Select[Any]:
    options = [
        discord.SelectOption(
            value=value[:100], label=label[:100], description=description[:100] or None, default=value in menu.chosen
        )
        for value, label, description in menu.options[:IN_A_MENU]
    ]
    return discord.ui.Select(
        custom_id=menu.custom_id,
        placeholder=menu.placeholder[:150],
        options=options,
        min_values=0 if menu.most > 1 else 1,
        max_values=min(menu.most, len(options)),
    )


def _button(button: Button) -> discord.ui.Button[Any]:
    if button.url:
        return discord.ui.Button(label=button.label[:80], url=button.url, emoji=button.emoji)
    style = discord.ButtonStyle[button.style]
    return discord.ui.Button(label=button.label[:80], custom_id=button.custom_id, style=style, emoji=button.emoji)


def texts_of(message: discord.Message) -> Iterator[str]:
    """Yield the texts of a message: of its components, or of its content and embeds."""
    yield message.content
    yield from (one.description or "" for one in message.embeds)
    yield from (one.content for one in _walked(message.components) if isinstance(one, discord.TextDisplay))


def urls_of(message: discord.Message) -> list[str]:
    """Return the addresses of a message's files: Discord lists them as attachments, or only where they are shown."""
    urls = [one.url for one in message.attachments]
    for one in _walked(message.components):
        if isinstance(one, discord.MediaGalleryComponent):
            urls += [item.media.url for item in one.items]
        elif isinstance(one, discord.FileComponent | discord.ThumbnailComponent):
            urls.append(one.media.url)
    return urls


def files_of(message: discord.Message) -> list[str]:
    """Return the names of a message's files. Discord may list a file that an embed shows only there.

    https://github.com/discord/discord-api-docs/issues/4809
    """
    in_embeds = [embed.image.url for embed in message.embeds if embed.image.url]
    names = (url.rpartition("/")[2].partition("?")[0] for url in (*urls_of(message), *in_embeds))
    return [*dict.fromkeys(names)]


def custom_ids_of(message: discord.Message) -> set[str]:
    """Return the custom_ids of a message's buttons and menus."""
    found = (getattr(one, "custom_id", None) for one in _walked(message.components))
    return {custom_id for custom_id in found if custom_id}


def values_of(message: discord.Message, custom_id: str) -> list[str]:
    """Return the values of the options that a message's menu shows; empty if there is no such menu."""
    menus = (one for one in _walked(message.components) if isinstance(one, discord.SelectMenu))
    return [option.value for menu in menus if menu.custom_id == custom_id for option in menu.options]


def _walked(components: Iterable[Any]) -> Iterator[Any]:
    for one in components:
        yield one
        yield from _walked(getattr(one, "children", ()))
        if isinstance(one, discord.SectionComponent):
            yield one.accessory
