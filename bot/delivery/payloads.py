"""The arguments with which discord.py shows a card, and the names of a message's files."""

from collections.abc import Iterable
from typing import Any

import discord

from bot.wording import Card
from bot.wording.render import embed, view


def edited(card: Card) -> dict[str, Any]:
    """Return the arguments that change a message to a card."""
    return {"embed": embed(card), "view": view(card)}


def new(card: Card) -> dict[str, Any]:
    """Return the arguments that make a new message of a card."""
    return {name: part for name, part in edited(card).items() if part is not None}


def replacing(file: discord.File | None, *, keep_files: bool) -> dict[str, Any]:
    """Return the arguments that replace a message's files by `file`, or keep them if there is none."""
    if file is None:
        return {} if keep_files else {"attachments": []}
    return {"attachments": [file]}


def adding(file: discord.File | None) -> dict[str, Any]:
    """Return the arguments that give a new message a file."""
    return {"file": file} if file else {}


def files_of(attachments: Iterable[discord.Attachment], embeds: Iterable[discord.Embed]) -> list[str]:
    """Return the names of a message's files. Discord may list a file that an embed shows only there.

    https://github.com/discord/discord-api-docs/issues/4809
    """
    shown = [embed.image.url for embed in embeds if embed.image.url]
    return [*(one.filename for one in attachments), *(url.rpartition("/")[2].partition("?")[0] for url in shown)]
