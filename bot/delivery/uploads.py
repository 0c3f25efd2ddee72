"""Brings files to Discord, a few at once, each in a version that fits its place."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import discord

from bot.clips import Media, NotShrunk, slot

from .parts import upload
from .patience import Patience
from .refusals import FileTooLarge
from .steady import log

DM_LIMIT = int(10 * 2**20 * 0.99)  # also a channel's, where its server has not been boosted
_SMALLER = 0.8
_TRIES = 3

Answer = TypeVar("Answer")


class DoesNotFit(Exception):
    """No version of the video fits the place; `why` it was not made smaller."""

    def __init__(self, why: NotShrunk) -> None:
        super().__init__(why)
        self.why = why


class Uploads:
    """Makes calls with files, as many at once as `slots` has."""

    def __init__(self, patience: Patience, slots: asyncio.Semaphore) -> None:
        self._patience = patience
        self._slots = slots

    async def put(
        self,
        media: Media,
        limit: int,
        call: Callable[[int, discord.File], Awaitable[Answer]],
        *,
        name: str,
        caption: str,
        waiting: Callable[[], None] = lambda: None,
    ) -> tuple[int, Answer]:
        """Make a call with a file that fits and its size, and return that size and the answer.

        A place may take less than it says, so that a refusal leads to a smaller file. Raises DoesNotFit, DiscordAway,
        and any other Refusal.
        """
        for _ in range(_TRIES):
            file = await media.within(limit)
            if isinstance(file, NotShrunk):
                raise DoesNotFit(file)
            size = (await asyncio.to_thread(file.stat)).st_size

            async def uploading(limit: int = limit, size: int = size) -> Answer:
                """Make the call with a version that is there by now, if it may still be shown."""
                await media.check()
                path = await media.within(limit)
                assert isinstance(path, Path)
                opened = upload(path, name, caption)
                try:
                    return await call(size, opened)
                finally:
                    opened.close()

            try:
                async with slot(self._slots, waiting=waiting):
                    return size, await self._patience.file(uploading)
            except FileTooLarge:
                log.info("Discord refused a file of %d bytes", size)
                limit = min(DM_LIMIT, size - 1) if size > DM_LIMIT else int(size * _SMALLER)
        raise DoesNotFit(NotShrunk.TOO_LONG)
