"""The objects that this room is given: they show jobs in Discord, ask Discord who may see, and shrink videos."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from bot.models import DeliveryResult, HeldBack, Job, NoReply, NotShrunk, Reply


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


class Leave(Protocol):
    """Asks Discord whether a share is still for somebody: they may have left its server, or lost its role."""

    async def may_have(self, user_id: int, share_id: str, what: str, *, max_age: float) -> bool | None:
        """Answer as Discord did at most `max_age` s ago; None if it does not answer; raises StorageUnavailable."""
        ...


class Display(Protocol):
    """Shows a job in Discord."""

    def progress(
        self, job: Job, *, place: int | None = None, waiting: bool = False, held: HeldBack | None = None
    ) -> None:
        """Redraw the reply soon; never waits and never fails.

        `place` is how many clips are before it on its network. `waiting` says that too much is done at once, and `held`
        that others of its person are at work.
        """
        ...

    def preview(self, job: Job, picture: Path) -> None:
        """Show the camera's latest picture beside the progress; never waits and never fails."""
        ...

    def abandon(self, job: Job) -> None:
        """Draw nothing more of a job that this process no longer runs."""
        ...

    async def pause(self, job: Job) -> None:
        """Say once in the reply that the job goes on after a restart; never fails."""
        ...

    async def find_reply(self, job: Job) -> Reply | NoReply:
        """Return the reply if it still waits for this job; asks again until that is known or can no longer be."""
        ...

    async def delivered(self, job: Job) -> bool:
        """Say whether the reply holds this job's video or picture already, from before a restart."""
        ...

    async def deliver(self, job: Job, media: Media) -> DeliveryResult:
        """Show a job as one that has ended well, with its video or picture, where this person wants it."""
        ...

    async def conclude(self, job: Job) -> DeliveryResult:
        """Show an end without a video: in the reply, or by direct message if the reply can no longer be edited."""
        ...
