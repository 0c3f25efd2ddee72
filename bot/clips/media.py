"""A downloaded video or picture, and the smaller versions of a video that some places need."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager, nullcontext
from pathlib import Path

from bot.models import NotShrunk

from .ports import Media, Shrinker


class Video:
    """A video on disk; it is made smaller only where a place needs that, in its `turn`, and once for each limit."""

    def __init__(
        self,
        path: Path,
        size: int,
        shrinker: Shrinker,
        *,
        turn: Callable[[], AbstractAsyncContextManager[None]] = nullcontext,
    ) -> None:
        self._path = path
        self._size = size
        self._shrinker = shrinker
        self._turn = turn
        self._smaller: dict[Path, int] = {}
        self._failures: dict[int, NotShrunk] = {}

    @property
    def size(self) -> int:
        """How many bytes it has as Blink gave it."""
        return self._size

    async def within(self, limit: int) -> Path | NotShrunk:
        """Return a version of it of at most `limit` bytes, or why there is none."""
        if self._size <= limit:
            return self._path
        for path, size in self._smaller.items():
            if size <= limit:
                return path
        if limit in self._failures:
            return self._failures[limit]
        target = self._path.with_suffix(f".{limit}.mp4")
        async with self._turn():
            failure = await self._shrinker.shrink(self._path, target, limit=limit)
        if failure:
            self._failures[limit] = failure
            return failure
        self._smaller[target] = (await asyncio.to_thread(target.stat)).st_size
        return target

    async def check(self) -> None:
        """Let it be shown: it is its person's own."""


class Picture:
    """A picture on disk, which is small enough for every place."""

    def __init__(self, path: Path, size: int) -> None:
        self._path = path
        self._size = size

    @property
    def size(self) -> int:
        """How many bytes it has."""
        return self._size

    async def within(self, limit: int) -> Path | NotShrunk:
        """Return it, if it fits."""
        return self._path if self._size <= limit else NotShrunk.TOO_LONG

    async def check(self) -> None:
        """Let it be shown: it is its person's own."""


class Lent:
    """A video or a picture of somebody else's camera: `check` raises if it may no longer be shown."""

    def __init__(self, media: Media, check: Callable[[], Awaitable[None]]) -> None:
        self._media = media
        self._check = check

    @property
    def size(self) -> int:
        """How many bytes it has as Blink gave it."""
        return self._media.size

    async def within(self, limit: int) -> Path | NotShrunk:
        """Return a version of it of at most `limit` bytes, or why there is none."""
        return await self._media.within(limit)

    async def check(self) -> None:
        """Raise if it may no longer be shown."""
        await self._check()
