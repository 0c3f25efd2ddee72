"""A job: what was asked of a camera, how far it has come, and how it ended. The row in the database is the truth."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import Enum, StrEnum, auto
from typing import Any

from .camera_ref import CameraKey, with_owner
from .grant import Right
from .live import LiveView


class Kind(StrEnum):
    """The kind of a job, by what its person asks for."""

    CLIP = "clip"
    SNAPSHOT = "snapshot"
    RECENT = "recent"  # a recording that Blink keeps already


class Stage(StrEnum):
    """The stage of a live job; the row is written before the act that the stage names."""

    RECEIVED = "received"  # acknowledged in Discord; the camera is not looked up yet
    QUEUED = "queued"  # waits for its turn on the camera's network
    ASKING = "asking"  # the POST may be under way: found like this after a crash, it is never asked again
    BUSY = "busy"  # Blink refused with "busy"; asked again at `retry_at`
    RECORDING = "recording"  # Blink gave a command id, which is being followed
    LIVE = "live"  # the camera's live view is being asked for or recorded: found like this, it may be asked once more
    LOOKING = "looking"  # the recording is over, or unclear; its video (or picture) is being looked for
    FETCHING = "fetching"  # the video (or picture) is known; it is being fetched and delivered
    ENDED = "ended"


MOVES: dict[Stage, frozenset[Stage]] = {
    Stage.RECEIVED: frozenset({Stage.QUEUED, Stage.FETCHING, Stage.ENDED}),  # a recent recording needs no turn
    Stage.QUEUED: frozenset({Stage.ASKING, Stage.LIVE, Stage.ENDED}),
    # If no clip comes, the job is queued once more: for a live view, and if none comes either, for a picture.
    Stage.ASKING: frozenset({Stage.BUSY, Stage.RECORDING, Stage.LOOKING, Stage.QUEUED, Stage.ENDED}),
    Stage.BUSY: frozenset({Stage.ASKING, Stage.LIVE, Stage.ENDED}),
    Stage.RECORDING: frozenset({Stage.LOOKING, Stage.QUEUED, Stage.ENDED}),
    Stage.LIVE: frozenset({Stage.BUSY, Stage.FETCHING, Stage.QUEUED, Stage.ENDED}),
    Stage.LOOKING: frozenset({Stage.FETCHING, Stage.QUEUED, Stage.ENDED}),
    Stage.FETCHING: frozenset({Stage.QUEUED, Stage.ENDED}),  # a live view's file was lost with its process
    Stage.ENDED: frozenset(),
}
HOLDING = frozenset({Stage.ASKING, Stage.BUSY, Stage.RECORDING, Stage.LIVE})  # these stages occupy the network


class End(StrEnum):
    """The outcome of a job; each has its own sentence."""

    DELIVERED = "delivered"
    UNDELIVERABLE = "undeliverable"  # the video was there, but no place to put it
    BUSY = "busy"
    FAILED = "failed"  # Blink took the command and then reported failure
    REFUSED = "refused"  # Blink said no at once, not because it was busy
    UNCONFIRMED = "unconfirmed"  # nobody knows whether it recorded, and no video came
    NO_VIDEO = "no video"  # recorded, but no video came
    NO_PLAN = "no plan"  # recorded, and Blink itself says that no plan covers the camera
    UNSEEN = "unseen"  # recorded, but Blink did not say whether there is a video
    USB_SILENT = "usb silent"  # recorded, but the Sync Module never listed what is on its USB drive
    USB_AMBIGUOUS = "usb ambiguous"  # on the USB drive this camera cannot be told from another one
    NO_PICTURE = "no picture"  # no new picture came
    GONE = "gone"  # the recording that was chosen is no longer there
    VIDEO_LOST = "video lost"  # the video is listed but cannot be fetched
    INCOMPLETE = "incomplete"  # each try to fetch the video or picture brought only a part of it
    TOO_LARGE = "too large"
    LIVE_UNSUPPORTED = "live unsupported"  # Blink offers this camera's live view in a form that is not recorded
    LIVE_NO_MEDIA = "live no media"  # it was started, and nothing came
    LIVE_REFUSED = "live refused"
    LIVE_FAILED = "live failed"  # Blink took the command and then reported failure, or it was cut off at once
    LIVE_UNTRUSTED = "live untrusted"  # the relay's certificate is not accepted
    LIVE_UNREACHABLE = "live unreachable"  # no connection to the relay
    LIVE_EMPTY = "live empty"  # under a second, or nothing that could be made a video
    LIVE_NEEDS_PYAV = "live needs pyav"  # the optional PyAV is missing
    LIVE_OFF = "live off"  # a length was asked for, and the host has switched live views off
    LIVE_NOT_SHARED = "live not shared"  # a length was asked for, and its owner has not granted the live view
    LIVE_TOO_LONG = "live too long"  # more seconds were asked for than this camera's live view is recorded
    CAMERA_OFFLINE = "camera offline"
    CAMERA_UNKNOWN = "camera unknown"
    CAMERA_AMBIGUOUS = "camera ambiguous"
    ALREADY_RUNNING = "already running"  # this person's own job for the same camera is under way
    TOO_MANY = "too many"
    NOT_LINKED = "not linked"
    REVOKED = "revoked"  # its owner no longer lets this person use the camera
    UNSURE = "unsure"  # Discord did not say whether somebody else's camera may still be shown to this person
    TOO_OFTEN = "too often"  # this person has asked somebody else's Blink as often as allowed
    NOT_SHARED = "not shared"  # somebody else's camera is not shown to a whole channel
    RELINKED = "relinked"  # to another Blink account, while the job was under way
    SIGNED_OUT = "signed out"
    REFUSED_FOR_NOW = "refused for now"  # Blink refused the sign-in without a reason, which may pass
    UNREACHABLE = "unreachable"
    RATE_LIMITED = "rate limited"
    NOT_UNDERSTOOD = "not understood"
    INTERRUPTED = "interrupted"  # found after a restart, and nobody knew whether its reply still waited
    WAITED_TOO_LONG = "waited too long"  # its turn did not come in time, or the bot was away for that long
    FOUND_TOO_LATE = "found too late"  # the bot was away for so long that nobody waits any more
    DISK_FULL = "disk full"
    DISK_READ_ONLY = "disk read-only"
    DISK_ERROR = "disk error"
    TOO_MANY_FILES = "too many files"  # this machine lets the bot open no more files and connections
    BROKEN = "broken"  # our own mistake; the log has the job's reference


@dataclass(frozen=True, slots=True)
class Reply:
    """The one reply in Discord, with everything needed to edit it without the command."""

    application_id: int
    token: str | None = field(repr=False)  # a bearer credential, erased at the end or at expiry
    expires_at: datetime
    channel_id: int
    message_id: int | None
    ephemeral: bool
    in_dm: bool
    bot_can_edit: bool  # the bot is in the channel, so its own token can edit after the interaction's expired
    guild_id: int | None = None
    file_limit: int = 10 * 2**20
    locale: str = "en-US"


@dataclass(frozen=True, slots=True)
class Target:
    """The camera of a job, with its names and readings as they were when it was asked.

    `usb` is the state of its network's USB drive; `video_likely` is False if Blink has kept no video of it lately.
    """

    account_id: int
    key: CameraKey
    name: str
    network: str
    usb: str | None = None
    video_likely: bool = True
    battery: str | None = None
    temperature: float | None = None
    wifi: float | None = None

    @property
    def system(self) -> tuple[int, int]:
        """The Blink account and the network that a recording occupies; ids are compared within one account only."""
        return self.account_id, self.key.network_id

    @property
    def label(self) -> str:
        """The camera's name with its network's."""
        return f"{self.name} · {self.network}"

    def without_readings(self) -> "Target":
        """Return the target without its readings, which not every guest may see."""
        return replace(self, battery=None, temperature=None, wifi=None)


@dataclass(frozen=True, slots=True)
class Lender:
    """The owner of the camera that a guest's job uses, and the permit (the id of the grant) for it."""

    user_id: int
    name: str
    permit_id: str

    def label(self, name: str) -> str:
        """Return the name of something of theirs, with their own name behind it."""
        return f"{name} ({self.name}'s)"

    def choice(self, choice: str) -> str:
        """Return a choice within their Blink as guests spell it."""
        return with_owner(self.user_id, choice)


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
    """One `/clip`, `/snapshot` or choice from `/clips`, from its acknowledgement to the end of its reply.

    Times named `blink_…` are by Blink's clock. `reason` is why there is no video, if a picture is to come instead.
    `live` is the live view that is recorded in place of a clip, or because `seconds_wished` were asked for.
    """

    id: str
    interaction_id: int
    user_id: int
    asked: str
    reply: Reply
    created_at: datetime
    kind: Kind = Kind.CLIP
    stage: Stage = Stage.RECEIVED
    end: End | None = None
    reason: End | None = None
    permits: tuple[str, ...] = ()  # the ids of grants for others' cameras that its person had at the command
    lender: Lender | None = None
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
    usb_name: str | None = None  # the clip's name and time on a USB drive; its number there can change
    usb_at: datetime | None = None
    picture_before: str | None = None  # the camera's latest picture when a new one was asked for; "" if it had none
    pictured: bool = False  # a picture was delivered
    size: int | None = None
    seconds: float | None = None  # how long the video is
    seconds_wished: int | None = None  # the length that was asked for, which only a live view can have
    live: LiveView | None = None
    shrunk_from: int | None = None  # its size before it was made to fit
    not_shrunk: str | None = None  # why it could not be made to fit
    sent_as_dm: bool = False
    dms_closed: bool = False
    told_at: datetime | None = None  # the end has been shown as far as it can be
    missed: bool = False  # … which was nowhere: this person's next command tells them
    resumed: bool = field(default=False, compare=False)  # found after a restart; not stored

    @property
    def reference(self) -> str:
        """The job's short name in replies and in the log."""
        return self.id[:8]

    @property
    def household_id(self) -> int:
        """The Discord user whose Blink the job uses."""
        return self.lender.user_id if self.lender else self.user_id

    @property
    def needs_link(self) -> bool:
        """Whether it needs a linked account; until a guest's job knows its camera, there may be none."""
        return bool(self.lender or self.target or not self.permits)

    @property
    def choice(self) -> str:
        """The text that finds the job's camera again for its person; `target` must be known."""
        assert self.target is not None
        return self.lender.choice(str(self.target.key)) if self.lender else str(self.target.key)

    @property
    def wants_picture(self) -> bool:
        """Whether the job asks for a picture now."""
        return self.kind is Kind.SNAPSHOT or self.reason is not None

    @property
    def used_right(self) -> Right:
        """The right that a guest uses by it, as the camera's owner reads it."""
        return Right.LIVE if self.live else Right(self.kind)

    @property
    def public(self) -> bool:
        """Whether people other than the requester see the reply."""
        return not self.reply.ephemeral and not self.reply.in_dm

    @property
    def success(self) -> End:
        """How the job ends once its video or picture is delivered."""
        return self.reason or End.DELIVERED

    def changed(self, **changes: Any) -> "Job":
        """Return the job with `changes`, in the same stage."""
        return replace(self, **changes)

    def moved(self, stage: Stage, **changes: Any) -> "Job":
        """Return the job in `stage`; raises ValueError if that move is not allowed."""
        if stage not in MOVES[self.stage]:
            raise ValueError(f"a job cannot go from {self.stage} to {stage}")
        return replace(self, stage=stage, **changes)

    def ended(self, end: End, **changes: Any) -> "Job":
        """Return the job as ended."""
        return self.moved(Stage.ENDED, end=end, **changes)


class Ended(Exception):
    """Ends the job from within a step, with the changes to its row."""

    def __init__(self, end: End, **changes: Any) -> None:
        super().__init__(end)
        self.end = end
        self.changes = changes


class NoReply(Enum):
    """Why a job found before its first step has no reply to go on with."""

    NOT_WAITING = auto()  # there is no such reply, or it already says how the job ended
    UNKNOWN = auto()  # Discord did not say before the reply could no longer be used


class NotShrunk(StrEnum):
    """Why a video could not be made smaller."""

    NOT_INSTALLED = "not installed"  # the optional PyAV is missing
    TOO_SLOW = "too slow"
    TOO_LONG = "too long"  # even at the lowest quality that is worth watching it does not fit
    FAILED = "failed"  # it cannot be decoded, or the worker broke


@dataclass(frozen=True, slots=True)
class Told:
    """The places that show an end; if none takes the file, `too_large`, and `not_shrunk` is why it is not smaller.

    `channel`: as a message of its own in the channel, if nothing else was left. `size` is that of the shown file.
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
