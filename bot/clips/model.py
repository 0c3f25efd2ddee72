"""A clip job: what was asked, how far it has come, and how it ended. The row in the database is the truth."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from bot.blink import CameraKey


class Stage(StrEnum):
    """Where a live job stands; the row is written before the act that the stage names."""

    RECEIVED = "received"  # acknowledged in Discord; the camera is not looked up yet
    QUEUED = "queued"  # waits for its turn on the camera's network
    ASKING = "asking"  # a clip POST may be under way: found like this after a crash, it is never asked again
    BUSY = "busy"  # Blink refused with "busy"; asked again at `retry_at`
    RECORDING = "recording"  # Blink gave a command id, which is being followed
    LOOKING = "looking"  # the recording is over, or unclear; its video is being looked for
    FETCHING = "fetching"  # the video is known; it is being fetched and delivered
    ENDED = "ended"


MOVES: dict[Stage, frozenset[Stage]] = {
    Stage.RECEIVED: frozenset({Stage.QUEUED, Stage.ENDED}),
    Stage.QUEUED: frozenset({Stage.ASKING, Stage.ENDED}),
    Stage.ASKING: frozenset({Stage.BUSY, Stage.RECORDING, Stage.LOOKING, Stage.ENDED}),
    Stage.BUSY: frozenset({Stage.ASKING, Stage.ENDED}),
    Stage.RECORDING: frozenset({Stage.LOOKING, Stage.ENDED}),
    Stage.LOOKING: frozenset({Stage.FETCHING, Stage.ENDED}),
    Stage.FETCHING: frozenset({Stage.ENDED}),
    Stage.ENDED: frozenset(),
}
HOLDING = frozenset({Stage.ASKING, Stage.BUSY, Stage.RECORDING})  # these stages occupy the network


class End(StrEnum):
    """How a job ended; every one has its own sentence."""

    DELIVERED = "delivered"
    UNDELIVERABLE = "undeliverable"  # the video was there, and no place to put it
    BUSY = "busy"
    FAILED = "failed"  # Blink took the command and then reported failure
    REFUSED = "refused"  # Blink said no at once, not because it was busy
    UNCONFIRMED = "unconfirmed"  # nobody knows whether it recorded, and no video came
    NO_VIDEO = "no video"  # recorded, but no video came
    VIDEO_LOST = "video lost"  # the video is listed but cannot be fetched
    TOO_LARGE = "too large"
    CAMERA_OFFLINE = "camera offline"
    CAMERA_UNKNOWN = "camera unknown"
    CAMERA_AMBIGUOUS = "camera ambiguous"
    ALREADY_RUNNING = "already running"  # this person's own job for the same camera is under way
    TOO_MANY = "too many"
    NOT_LINKED = "not linked"
    SIGNED_OUT = "signed out"
    UNREACHABLE = "unreachable"
    RATE_LIMITED = "rate limited"
    NOT_UNDERSTOOD = "not understood"
    WAITED_TOO_LONG = "waited too long"  # its turn did not come in time, or the bot was away for that long
    FOUND_TOO_LATE = "found too late"  # the bot was away for so long that nobody waits any more
    DISK_FULL = "disk full"
    BROKEN = "broken"  # our own mistake; the log has the job's reference


@dataclass(frozen=True, slots=True)
class Reply:
    """Where the one reply stands in Discord, and everything needed to edit it without the command."""

    application_id: int
    token: str | None = field(repr=False)  # a bearer credential, erased at the end or at expiry
    expires_at: datetime
    channel_id: int
    message_id: int | None
    ephemeral: bool
    in_dm: bool
    bot_can_edit: bool  # the bot itself sits in the channel, so its own token can edit after the interaction's expired
    guild_id: int | None = None
    file_limit: int = 10 * 2**20
    locale: str = "en-US"


@dataclass(frozen=True, slots=True)
class Target:
    """The camera of a job, with its names as they were when it was asked; `usb` is its network's local storage."""

    account_id: int
    key: CameraKey
    name: str
    network: str
    usb: str | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """Blink's latest words about the command."""

    condition: str | None = None
    stage: str | None = None
    code: int | None = None
    status: int | None = None
    message: str = ""


@dataclass(frozen=True, slots=True)
class Job:
    """One `/clip`, from its acknowledgement to the end of its reply. Times named `blink_…` are by Blink's clock."""

    id: str
    interaction_id: int
    user_id: int
    asked: str
    reply: Reply
    created_at: datetime
    stage: Stage = Stage.RECEIVED
    end: End | None = None
    target: Target | None = None
    said: Said = Said()
    options: tuple[tuple[str, str], ...] = ()  # (camera key, label): what the person may have meant
    busy_since: datetime | None = None
    attempts: int = 0
    retry_at: datetime | None = None
    asked_at: datetime | None = None
    blink_started_at: datetime | None = None
    command_id: int | None = None
    confirmed: bool = False
    recorded_at: datetime | None = None
    blink_recorded_at: datetime | None = None
    media_id: int | None = None
    media_path: str | None = None
    size: int | None = None
    sent_as_dm: bool = False
    dms_closed: bool = False
    told_at: datetime | None = None  # the end has been shown as far as it can be

    @property
    def reference(self) -> str:
        """The job's short name in replies and in the log."""
        return self.id[:8]

    def changed(self, **changes: Any) -> "Job":
        """Return the job with `changes`, in the same stage."""
        return replace(self, **changes)

    def moved(self, stage: Stage, **changes: Any) -> "Job":
        """Return the job in `stage`; raises ValueError where that move is not allowed."""
        if stage not in MOVES[self.stage]:
            raise ValueError(f"a job cannot go from {self.stage} to {stage}")
        return replace(self, stage=stage, **changes)

    def ended(self, end: End, **changes: Any) -> "Job":
        """Return the job as ended."""
        return self.moved(Stage.ENDED, end=end, **changes)
