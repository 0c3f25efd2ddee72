"""Files to upload, each in a version that its place takes."""

import asyncio
import contextlib
import io
from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import discord

from bot.jobs import Media
from bot.models import NotShrunk

from .retry import DoesNotFit, log, translate_errors

DM_LIMIT = int(10 * 2**20 * 0.99)  # also a channel's, if its server has not been boosted
TRIES = 3
_SMALLER = 0.8


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file to upload; `check` runs before each try and raises if the file may no longer be shown."""

    source: Path | bytes
    name: str
    caption: str = ""
    size: int = 0  # bytes, if it matters
    shrunk_from: int | None = None  # how many bytes the file had before it was made smaller
    check: Callable[[], Awaitable[None]] | None = None
    others: "tuple[Attachment, ...]" = ()  # the further pictures of a gallery


async def fitting(media: Media, limit: int, *, name: str, caption: str) -> Attachment:
    """Return a version of at most `limit` bytes. Raises DoesNotFit if there is none."""
    path = await media.within(limit)
    if isinstance(path, NotShrunk):
        raise DoesNotFit(path)
    size = (await asyncio.to_thread(path.stat)).st_size
    shrunk_from = media.size if size < media.size else None
    return Attachment(path, name, caption, size, shrunk_from, media.check)


def limit_below(file: Attachment) -> int:
    """Return the limit to try next after a place has refused a file: it may take less than it says."""
    log.info("Discord refused a file of %d bytes", file.size)
    return min(DM_LIMIT, file.size - 1) if file.size > DM_LIMIT else int(file.size * _SMALLER)


@contextlib.asynccontextmanager
async def opened(file: Attachment | None) -> AsyncGenerator[list[discord.File]]:
    """Open a file, and those that go with it, for one call if it may still be shown; translate that call's errors.

    Each call needs files of its own, because discord.py sends used ones as empty files.
    """
    if file and file.check:
        await file.check()
    with translate_errors():
        uploads: list[discord.File] = []
        try:
            for one in (file, *file.others) if file else ():
                source = io.BytesIO(one.source) if isinstance(one.source, bytes) else one.source
                uploads.append(discord.File(source, filename=one.name, description=one.caption))
            yield uploads
        finally:
            for upload in uploads:
                upload.close()
