"""Finds in a message what cards have shown there: texts, files and buttons, however deep its components nest them."""

from collections.abc import Iterable, Iterator
from typing import Any

import discord


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
