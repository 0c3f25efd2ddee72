"""A downloaded video or picture, and the smaller versions of a video that some places need."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager, nullcontext
from pathlib import Path

from .ports import Media, NotShrunk, Shrinker


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


class Lent:
    """What comes from somebody else's camera: `check`, which raises where they take back their leave, has a last word.

    Making it fit and waiting for Discord may take minutes, and each place asks for its version right before it gets it.
    """

    def __init__(self, media: Media, check: Callable[[], Awaitable[None]]) -> None:
        self._media = media
        self._check = check

    @property
    def size(self) -> int:
        """How many bytes it has as Blink gave it."""
        return self._media.size

    async def within(self, limit: int) -> Path | NotShrunk:
        """Return a version of it of at most `limit` bytes, or why there is none; raises what `check` does."""
        version = await self._media.within(limit)
        await self._check()
        return version
