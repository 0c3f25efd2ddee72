"""What this room needs from others: a database, a person's Blink, and somebody who shows a job in Discord."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, StrEnum, auto
from pathlib import Path
from typing import Protocol

from bot.blink import BlinkClient, CameraKey, Inventory

from .model import Job, Reply
from .order import HeldBack


class Superseded(Exception):
    """The row is no longer as this process last wrote it, or no longer this process's: another acts for the job."""


class StoreAway(Exception):
    """What is kept cannot be read or written now; later it may. Whether the last write arrived is not always known."""


class NoReply(Enum):
    """Why a job found before its first step has no reply to go on with."""

    NOT_WAITING = auto()  # nobody was told that it would begin, or its reply already says how it ended
    UNKNOWN = auto()  # Discord did not tell for as long as the reply could be used


class JobStore(Protocol):
    """Jobs; only this room writes them.

    Each job belongs to one process by a lease. Every write renews it, and a write by a process that no longer has it
    raises Superseded and changes nothing: what is written before an act is the licence for it. Any call may raise
    StoreAway.
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

    async def begin(self, old: Job, new: Job, *, most: int) -> bool:
        """Move a received job for its person's own camera to asking, where `queue` and `take_turn` would at once."""
        ...

    async def queue(self, old: Job, new: Job, *, most: int) -> "Admission":
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

    async def missed(self, user_id: int) -> list[Job]:
        """Return the ended jobs of a person that could be told nowhere, oldest first."""
        ...

    async def caught_up(self, jobs: Collection[Job]) -> None:
        """Remember that the person knows now how these jobs ended."""
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


@dataclass(frozen=True, slots=True)
class Admission:
    """What became of a job that asked for the queue: in it, one too many, or pointing to `running`."""

    queued: bool
    running: Job | None = None
    first_use: bool = False  # by its person, of what somebody else lets them use


class Household(Protocol):
    """A person's Blink."""

    @property
    def client(self) -> BlinkClient:
        """The client that carries this person's bearer."""
        ...

    async def inventory(self, *, max_age: float) -> Inventory:
        """Return the cameras, at most `max_age` seconds old."""
        ...

    def last_inventory(self) -> Inventory | None:
        """Return the cameras as last seen, however long ago."""
        ...

    def seen_within(self, seconds: float) -> bool:
        """Say whether the cameras were seen at most so many seconds ago, and have not been changed since."""
        ...

    def outdate(self) -> None:
        """Have whoever asks next see the cameras anew, since something about them has changed."""
        ...

    async def keeps_videos_of(self, camera: CameraKey) -> bool:
        """Say whether Blink has kept videos of a camera lately; True where that is not known. Never fails."""
        ...

    async def succeeded(self) -> None:
        """Remember that this link did its work; never fails."""
        ...


class Households(Protocol):
    """Finds a person's Blink."""

    async def session(self, user_id: int) -> Household | None:
        """Return it, or None where nothing is linked, as of a moment ago; raises BlinkError."""
        ...

    async def linked(self, user_id: int) -> bool:
        """Say whether a person is linked, as it stands in the database now; may raise StoreAway."""
        ...


ARM, STATUS = "arm", "status"  # what permits can be for beside the kinds of jobs


class Permit(Protocol):
    """Leave to use cameras of somebody else's Blink."""

    @property
    def id(self) -> str:
        """What a job remembers of it."""
        ...

    @property
    def owner_id(self) -> int:
        """Whose Blink it is."""
        ...

    @property
    def owner_name(self) -> str:
        """What that person is called."""
        ...

    def covers(self, account_id: int, camera: CameraKey) -> bool:
        """Say whether it is for this camera."""
        ...

    def covers_network(self, account_id: int, network_id: int) -> bool:
        """Say whether it is for all that a network does."""
        ...


class Permits(Protocol):
    """Knows who lets whom use their cameras; `what` is a kind of job, ARM or STATUS."""

    async def still(self, permit_ids: Collection[str], what: str) -> Sequence[Permit]:
        """Return those of these permits that hold by now; may raise StoreAway."""
        ...

    async def used(self, permit_id: str, user_id: int, *, what: str, label: str) -> None:
        """Hear that somebody uses a permit; never fails."""
        ...

    def spend(self, user_id: int, owner_id: int) -> datetime | None:
        """Count that somebody has an owner's Blink asked; return when they may again if that was too often already."""
        ...

    def used_first(self, owner_id: int, guild_id: int, user_id: int, *, what: str, label: str) -> None:
        """Hear that a job, which is written down already, is its person's first use of a permit."""
        ...

    async def forget(self) -> None:
        """Delete what is kept no longer; may raise StoreAway."""
        ...


class Leave(Protocol):
    """Asks Discord whether a permit is still for somebody: they may have left its server, or lost its role."""

    async def may_have(self, user_id: int, permit_id: str, what: str, *, max_age: float) -> bool | None:
        """Say so as Discord said at most `max_age` seconds ago; None if Discord does not say. May raise StoreAway."""
        ...


class NotShrunk(StrEnum):
    """Why a video could not be made smaller."""

    NOT_INSTALLED = "not installed"  # the optional PyAV is missing
    TOO_SLOW = "too slow"
    TOO_LONG = "too long"  # even at the lowest quality that is worth watching it does not fit
    FAILED = "failed"  # it cannot be decoded, or the worker broke


class Shrinker(Protocol):
    """Makes a video smaller."""

    async def shrink(self, video: Path, target: Path, *, limit: int) -> NotShrunk | None:
        """Write `video`, re-encoded to at most `limit` bytes, to `target`; or return why not, leaving no `target`."""
        ...


@dataclass(frozen=True, slots=True)
class Told:
    """How showing an end went; `too_large`, and why not smaller, where no place takes the file.

    `channel`: as a message of its own in the channel, where nothing else was left. `size` is that of the shown file.
    """

    reply: bool = False
    dm: bool = False
    channel: bool = False
    too_large: bool = False
    not_shrunk: NotShrunk | None = None
    dms_closed: bool = False
    size: int | None = None

    @property
    def somewhere(self) -> bool:
        """Whether the person has seen it, or will."""
        return self.reply or self.dm or self.channel


class Media(Protocol):
    """A video or a picture on disk, to be shown in one or several places."""

    @property
    def size(self) -> int:
        """How many bytes it has as Blink gave it."""
        ...

    async def within(self, limit: int) -> Path | NotShrunk:
        """Return a version of it of at most `limit` bytes, or why there is none."""
        ...

    async def check(self) -> None:
        """Raise if it may no longer be shown; asked right before each try to show it, which may come minutes later."""
        ...


class Display(Protocol):
    """Shows a job in Discord; `ours` is asked before each drawing of progress whether this process still may."""

    ours: Callable[[], bool]

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
