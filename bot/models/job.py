"""A job: what was asked of a camera, how far it has come, and how it ended. The row in the database is the truth."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import Enum, StrEnum, auto
from typing import TypedDict, Unpack

from .camera_ref import CameraKey, with_owner
from .job_stages import MOVES, End, Kind, LiveView, Stage
from .share import Right
from .snapshot_round import Round, Shot


@dataclass(frozen=True, slots=True)
class JobRequest:
    """The command that began a job; `shares` are the ids of shares for others' cameras that its person had then."""

    interaction_id: int
    user_id: int
    asked: str
    created_at: datetime
    kind: Kind = Kind.CLIP
    shares: tuple[str, ...] = ()
    live_seconds: int | None = None  # the length that was asked for, which only a live view can have


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
class Owner:
    """The owner of the camera that a guest's job uses, and the id of the share for it."""

    user_id: int
    name: str
    share_id: str

    def label(self, name: str) -> str:
        """Return the name of something of theirs, with their own name behind it."""
        return f"{name} ({self.name}'s)"

    def choice(self, choice: str) -> str:
        """Return a choice within their account as guests spell it."""
        return with_owner(self.user_id, choice)


@dataclass(frozen=True, slots=True)
class CommandStatus:
    """Blink's latest words about the command."""

    condition: str | None = None
    stage: str | None = None
    code: int | None = None
    http_status: int | None = None
    message: str = ""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the asking of the camera has come; times named `blink_…` are by Blink's clock."""

    status: CommandStatus = CommandStatus()
    busy_since: datetime | None = None
    attempts: int = 0
    retry_at: datetime | None = None
    asked_at: datetime | None = None
    blink_started_at: datetime | None = None
    command_id: int | None = None
    confirmed: bool = False
    recorded_at: datetime | None = None
    blink_recorded_at: datetime | None = None
    picture_before: str | None = None  # the camera's latest picture when a new one was asked for; "" if it had none


@dataclass(frozen=True, slots=True)
class Result:
    """The video or picture that came of a job: where Blink has it, and what is shown of it."""

    media_id: int | None = None
    media_path: str | None = None
    usb_name: str | None = None  # the clip's name and time on a USB drive; its number there can change
    usb_at: datetime | None = None
    pictured: bool = False  # a picture was delivered
    size: int | None = None
    seconds: float | None = None  # how long the video is
    shrunk_from: int | None = None  # its size before it was made to fit
    not_shrunk: str | None = None  # why it could not be made to fit


@dataclass(frozen=True, slots=True)
class Delivery:
    """How the end of a job has reached its person."""

    sent_as_dm: bool = False
    dms_closed: bool = False
    told_at: datetime | None = None  # the end has been shown as far as it can be
    undelivered: bool = False  # … which was nowhere: this person's next command tells them


class Changes(TypedDict, total=False):
    """The parts of a job that change with its stage, or within it."""

    request: JobRequest
    reply: Reply
    reason: End | None
    owner: Owner | None
    target: Target | None
    options: tuple[tuple[str, str], ...]
    progress: Progress
    live: LiveView | None
    round: Round | None
    result: Result
    delivery: Delivery
    resumed: bool


@dataclass(frozen=True, slots=True)
class Job:
    """One `/clip`, `/snapshot` or choice from `/recordings`, from its acknowledgement to the end of its reply.

    `reason` is why there is no video, if a picture is to come instead. `live` is the live view that is recorded in
    place of a clip, or because a length was asked for. A `round` takes a picture of each camera of a system in turn;
    `target`, `owner` and `progress` are then of the camera whose turn it is.
    """

    id: str
    request: JobRequest
    reply: Reply
    stage: Stage = Stage.RECEIVED
    end: End | None = None
    reason: End | None = None
    owner: Owner | None = None
    target: Target | None = None
    options: tuple[tuple[str, str], ...] = ()  # (camera key, label): what the person may have meant
    progress: Progress = Progress()
    live: LiveView | None = None
    round: Round | None = None
    result: Result = Result()
    delivery: Delivery = Delivery()
    resumed: bool = field(default=False, compare=False)  # found after a restart; not stored

    @property
    def reference(self) -> str:
        """The job's short name in replies and in the log."""
        return self.id[:8]

    @property
    def owner_id(self) -> int:
        """The Discord user whose Blink account the job uses."""
        return self.owner.user_id if self.owner else self.request.user_id

    @property
    def needs_link(self) -> bool:
        """Whether it needs a linked account; until a guest's job knows its camera, there may be none."""
        return bool(self.owner or self.target or not self.request.shares)

    @property
    def choice(self) -> str:
        """The text that finds the job's camera again for its person; `target` must be known."""
        assert self.target is not None
        return self.owner.choice(str(self.target.key)) if self.owner else str(self.target.key)

    @property
    def wants_picture(self) -> bool:
        """Whether the job asks for a picture now."""
        return self.request.kind is Kind.SNAPSHOT or self.reason is not None

    @property
    def wants_live(self) -> bool:
        """Whether the job records a live view now."""
        return self.live is not None and self.reason is None

    @property
    def used_right(self) -> Right:
        """The right that a guest uses with this job, as the camera's owner reads it."""
        return Right.LIVE if self.wants_live else Right(self.request.kind)

    @property
    def used_label(self) -> str:
        """The cameras that a guest uses with this job, as their owner reads them."""
        assert self.target is not None
        if self.round is None:
            return self.target.label
        return f"{', '.join(one.name for one in self.round.shots)} · {self.target.network}"

    @property
    def public(self) -> bool:
        """Whether people other than the requester see the reply."""
        return not self.reply.ephemeral and not self.reply.in_dm

    @property
    def success(self) -> End:
        """How the job ends once its video or picture is delivered."""
        return self.reason or End.DELIVERED

    def changed(self, **changes: Unpack[Changes]) -> "Job":
        """Return the job with `changes`, in the same stage."""
        return replace(self, **changes)

    def moved(self, stage: Stage, **changes: Unpack[Changes]) -> "Job":
        """Return the job in `stage`; raises ValueError if that move is not allowed."""
        if stage not in MOVES[self.stage]:
            raise ValueError(f"a job cannot go from {self.stage} to {stage}")
        return replace(self, stage=stage, **changes)

    def queued_again(self, *, live: LiveView | None = None, reason: End | None = None) -> "Job":
        """Return the job as it waits for another turn: for a live view, or for a picture with the reason for that."""
        asked = replace(
            self.progress, status=CommandStatus(), command_id=None, busy_since=None, attempts=0, retry_at=None
        )
        return self.moved(Stage.QUEUED, live=live or self.live, reason=reason, progress=asked)

    def with_picture(self, path: str) -> "Job":
        """Return the job with the new picture of its camera."""
        if self.round:
            return self.with_next_camera(path=path)
        return self.moved(Stage.FETCHING, result=replace(self.result, media_path=path))

    def of_shot(self, shot: Shot) -> "Job":
        """Return the job of a round as one for this camera."""
        assert self.target is not None
        owner = replace(self.owner, share_id=shot.share_id) if self.owner and shot.share_id else self.owner
        return replace(self, owner=owner, target=replace(self.target, key=shot.key, name=shot.name))

    def with_next_camera(self, *, path: str | None = None, end: End | None = None) -> "Job":
        """Return a round as it goes on after one camera: queued for the next, or to fetch its pictures, or ended."""
        assert self.round is not None
        assert self.target is not None
        taken = self.round.settled(self.target.key, path=path, end=end)
        if shot := taken.next:
            # A system that stayed busy for the whole time is asked only once more for each other camera.
            busy_since = self.progress.busy_since if end is End.BUSY else None
            progress = Progress(asked_at=self.progress.asked_at, busy_since=busy_since)
            return replace(self.of_shot(shot), stage=Stage.QUEUED, progress=progress, round=taken)
        if taken.taken:
            return replace(self, stage=Stage.FETCHING, round=taken)
        return replace(self, stage=Stage.ENDED, end=taken.end, round=taken)

    def ended(self, end: End, **changes: Unpack[Changes]) -> "Job":
        """Return the job as ended."""
        return replace(self.moved(Stage.ENDED, **changes), end=end)


class Ended(Exception):
    """Ends the job from within a step, with the changes to its row."""

    def __init__(self, end: End, **changes: Unpack[Changes]) -> None:
        super().__init__(end)
        self.end = end
        self.changes: Changes = changes


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


class Kept(Enum):
    """The outcome of a wish to keep a reply's file in the direct messages."""

    SENT = auto()
    BEFORE = auto()  # it was there already
    CLOSED = auto()  # the person takes no direct messages from the bot
    TOO_LARGE = auto()
    UNKNOWN = auto()  # Discord did not say


@dataclass(frozen=True, slots=True)
class DeliveryResult:
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
        """Whether the person has seen the end, or will."""
        return self.reply or self.dm or self.channel

    def delivery(self, *, told_at: datetime) -> Delivery:
        """Return the part that a job keeps."""
        return Delivery(self.dm, self.dms_closed, told_at, undelivered=not self.somewhere)
