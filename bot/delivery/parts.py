"""What a message is made of: a card and its files."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import discord

from bot.wording import Card
from bot.wording.render import embed, view

Files = Sequence[discord.File] | None
"""What a message's files are replaced by; None leaves them as they are."""


def upload(path: Path, name: str, caption: str) -> discord.File:
    """Return a new upload of a file: discord.py sends a used one as an empty file."""
    return discord.File(path, filename=name, description=caption)


def files_of(attachments: Iterable[discord.Attachment], embeds: Iterable[discord.Embed]) -> list[str]:
    """Return the names of a message's files; what an embed shows Discord may list there alone.

    https://github.com/discord/discord-api-docs/issues/4809
    """
    shown = [embed.image.url for embed in embeds if embed.image.url]
    return [*(one.filename for one in attachments), *(url.rpartition("/")[2].partition("?")[0] for url in shown)]


def edited(card: Card, files: Files) -> dict[str, Any]:
    """Return what changes a message to a card."""
    parts: dict[str, Any] = {"embed": embed(card), "view": view(card)}
    return parts if files is None else parts | {"attachments": list(files)}


def new(card: Card, file: discord.File | None) -> dict[str, Any]:
    """Return what makes a new message of a card."""
    parts: dict[str, Any] = {"embed": embed(card), "view": view(card), "file": file}
    return {name: part for name, part in parts.items() if part is not None}
