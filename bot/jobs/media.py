"""A downloaded video or picture, and the smaller versions of a video that some places need."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from bot.models import NotShrunk


class Shrinker(Protocol):
    """Makes a video smaller."""

    async def shrink(self, video: Path, target: Path, *, limit: int) -> NotShrunk | None:
        """Write `video`, re-encoded to at most `limit` bytes, to `target`; or return why not, leaving no `target`."""
        ...


async def _always() -> None:
    """Allow it: it is of the person's own camera."""


@dataclass(frozen=True)
class Media:
    """A video or a picture on disk, to be shown in one or several places.

    Only what has a `shrinker` is made smaller, one at a time by `turn`, and once for each limit. `check` runs before
    each try to show it, which may come minutes later, and raises if it may no longer be shown. `others` are the further
    pictures of a gallery.
    """

    path: Path
    size: int  # bytes
    shrinker: Shrinker | None = None
    turn: Callable[[], AbstractAsyncContextManager[None]] = nullcontext
    check: Callable[[], Awaitable[None]] = _always
    others: "tuple[Media, ...]" = ()
    _smaller: dict[Path, int] = field(default_factory=dict[Path, int], init=False, repr=False, compare=False)
    _failures: dict[int, NotShrunk] = field(default_factory=dict[int, NotShrunk], init=False, repr=False, compare=False)

    async def within(self, limit: int) -> Path | NotShrunk:
        """Return a version of at most `limit` bytes, or why there is none."""
        if self.size <= limit:
            return self.path
        if self.shrinker is None:
            return NotShrunk.TOO_LONG
        for path, size in self._smaller.items():
            if size <= limit:
                return path
        if limit in self._failures:
            return self._failures[limit]
        target = self.path.with_suffix(f".{limit}.mp4")
        async with self.turn():
            failure = await self.shrinker.shrink(self.path, target, limit=limit)
        if failure:
            self._failures[limit] = failure
            return failure
        self._smaller[target] = (await asyncio.to_thread(target.stat)).st_size
        return target
