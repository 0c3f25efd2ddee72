"""The objects that this room is given: one shows jobs in Discord, one asks Discord who may see a camera."""

from pathlib import Path
from typing import Protocol

from bot.models import DeliveryResult, HeldBack, Job, NoReply, Reply

from .media import Media


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
