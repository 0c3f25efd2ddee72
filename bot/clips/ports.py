"""What this room needs from others: a database, a person's Blink, and somebody who shows a job in Discord."""

from collections.abc import Collection
from datetime import datetime
from pathlib import Path
from typing import Protocol

from bot.models import Admission, HeldBack, Job, NoReply, Reply, Told

from .media import Media


class JobStore(Protocol):
    """Jobs; only this room writes them.

    Each job belongs to one process by a lease. Every write renews it, and a write by a process that no longer has it
    raises Superseded and changes nothing: what is written before an act is the licence for it. Any call may raise
    StorageUnavailable.
    """

    async def insert(self, job: Job) -> bool:
        """Save a new job, which is this process's; False where its interaction is already known."""
        ...

    async def take_over(self, interaction_id: int) -> Job | None:
        """Take a job that nobody has gone on with since it was written, from whichever process has it."""
        ...

    async def save(self, old: Job, new: Job) -> None:
        """Replace `old` by `new`; raises Superseded where it is not this process's, or not in `old`'s stage.

        An end that has been told is kept only while the Blink that it tells of is linked.
        """
        ...

    async def touch(self, job: Job) -> None:
        """Renew the lease of a job; raises Superseded if it is another process's, or in another stage, by now."""
        ...

    async def claim(self, *, running: Collection[str] = ()) -> list[Job]:
        """Take every unfinished job that no living process has, and return all of this one's that are not `running`."""
        ...

    async def renew(self) -> frozenset[str]:
        """Keep the unfinished jobs of this process for another while, and return which they are."""
        ...

    async def lost(self, job_ids: Collection[str]) -> frozenset[str]:
        """Return which of these jobs another process has taken over, or finished."""
        ...

    async def release(self) -> None:
        """Let go of this process's unfinished jobs, so that another goes on with them at once."""
        ...

    async def queue(self, old: Job, new: Job, *, most: int) -> Admission:
        """Queue a received job, unless this person has `most` live ones, or one for the same camera.

        A use of somebody else's camera is written down in the same transaction; so it is by `choose`.
        """
        ...

    async def take_turn(self, old: Job, new: Job) -> bool:
        """Move a queued job to asking; False while it is not the next by the `Order` of all."""
        ...

    async def held_back(self, job: Job) -> HeldBack | None:
        """Return how many wait before a queued job that others of its person, or of its Blink, hold back."""
        ...

    async def place(self, job: Job) -> int:
        """Return how many jobs of the same network are before this one, the occupying one included."""
        ...

    async def next_start(self, job: Job) -> datetime | None:
        """Return when, by Blink's clock, the next live job of the same camera began, or None."""
        ...

    async def claim_media(self, old: Job, new: Job) -> bool:
        """Move a looking job to fetching with its recording; False where another job has claimed that one."""
        ...

    async def choose(self, old: Job, new: Job) -> bool:
        """Move a received job to fetching a recording, and say whether that is a first use of somebody's camera."""
        ...

    async def chosen_before(self, job: Job) -> int:
        """Return how many recordings the same person has chosen before this one that are still on their way."""
        ...

    async def job(self, job_id: str) -> Job | None:
        """Return one job."""
        ...

    async def of_person(self, user_id: int) -> list[Job]:
        """Return everything that is kept of a person's clips, oldest first."""
        ...

    async def undelivered(self, user_id: int) -> list[Job]:
        """Return the ended jobs of a person whose end could be shown nowhere, oldest first."""
        ...

    async def mark_told(self, jobs: Collection[Job]) -> None:
        """Note that the person knows by now how these undelivered jobs ended."""
        ...

    async def remove(self, job: Job) -> None:
        """Delete one job, if its stored stage is still this one and it is this process's."""
        ...

    async def live(self) -> list[Job]:
        """Return every job that still has something to do, oldest first."""
        ...

    async def forget(self, *, ended_before: datetime, tokens_before: datetime) -> None:
        """Delete jobs that were told before `ended_before`; erase interaction tokens expired before `tokens_before`."""
        ...


class Leave(Protocol):
    """Asks Discord whether a permit is still for somebody: they may have left its server, or lost its role."""

    async def may_have(self, user_id: int, permit_id: str, what: str, *, max_age: float) -> bool | None:
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

    async def deliver(self, job: Job, media: Media) -> Told:
        """Show a job as one that has ended well, with its video or picture, where this person wants it."""
        ...

    async def conclude(self, job: Job) -> Told:
        """Show an end without a video: in the reply, or by direct message where the reply can no longer be edited."""
        ...
