"""Finds in a message what the bot has shown there: texts, files and buttons, however deep its components nest them."""

from collections.abc import Iterable, Iterator
from typing import Any

import discord


def texts_of(message: discord.Message) -> Iterator[str]:
    """Yield the texts of a message: of its components, or of its content and embeds."""
    yield message.content
    yield from (one.description or "" for one in message.embeds)
    yield from (one.content for one in _walked(message.components) if isinstance(one, discord.TextDisplay))


def files_of(message: discord.Message) -> list[str]:
    """Return the names of a message's files. Discord may list a file that an embed shows only there.

    https://github.com/discord/discord-api-docs/issues/4809
    """
    shown = [embed.image.url for embed in message.embeds if embed.image.url]
    for one in _walked(message.components):
        if isinstance(one, discord.MediaGalleryComponent):
            shown += [item.media.url for item in one.items]
        elif isinstance(one, discord.FileComponent):
            shown.append(one.media.url)
    names = [*(one.filename for one in message.attachments), *map(_name_in, shown)]
    return [*dict.fromkeys(names)]


def custom_ids_of(message: discord.Message) -> set[str]:
    """Return the custom_ids of a message's buttons and menus."""
    found = (getattr(one, "custom_id", None) for one in _walked(message.components))
    return {custom_id for custom_id in found if custom_id}


def _walked(components: Iterable[Any]) -> Iterator[Any]:
    for one in components:
        yield one
        yield from _walked(getattr(one, "children", ()))


def _name_in(url: str) -> str:
    return url.rpartition("/")[2].partition("?")[0]
