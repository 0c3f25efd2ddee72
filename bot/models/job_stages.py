"""How a job can stand: kind, stages with the moves between them, ends, live view, and errors of writing it down."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from .camera_ref import CameraKey, CameraKind

SHORTEST_LIVE, DEFAULT_LIVE, LONGEST_LIVE = 5, 15, 60  # seconds
_LONGEST_OTHERS = 30  # many of them run on batteries


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
    LIVE_UNCONFIRMED = "live unconfirmed"  # nobody knows whether it was started
    LIVE_INTERRUPTED = "live interrupted"  # its stream was lost with the process that recorded it
    LIVE_EMPTY = "live empty"  # under a second, or nothing that could be made a video
    LIVE_NO_VIDEO = "live no video"  # it was recorded, but the worker took too long to make a video of it, or failed
    LIVE_NEEDS_PYAV = "live needs pyav"  # the optional PyAV is missing
    LIVE_OFF = "live off"  # a length was asked for, and the host has switched live views off
    LIVE_NOT_SHARED = "live not shared"  # a length was asked for, and its owner has not shared the live view
    LIVE_TOO_LONG = "live too long"  # more seconds were asked for than this camera's live view is recorded
    CAMERA_OFFLINE = "camera offline"
    CAMERA_UNKNOWN = "camera unknown"
    CAMERA_AMBIGUOUS = "camera ambiguous"
    ALREADY_RUNNING = "already running"  # this person's own job for the same camera is under way
    TOO_MANY = "too many"
    NOT_LINKED = "not linked"
    REVOKED = "revoked"  # its owner no longer lets this person use the camera
    BOT_NOT_IN_SERVER = "bot not in server"  # so that Discord does not tell it who is
    UNSURE = "unsure"  # Discord did not say whether somebody else's camera may still be shown to this person
    TOO_OFTEN = "too often"  # this person has asked somebody else's Blink account as often as allowed
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


class LiveMode(StrEnum):
    """How far the host lets the bot record live views."""

    ON = "on"
    SILENT = "silent"  # without sound
    PINNED = "pinned"  # only from relays whose certificate is known already
    OFF = "off"


@dataclass(frozen=True, slots=True)
class LiveView:
    """The live view that a job records, in place of a clip: how long it is to be, and how far it has come.

    `because` is why there is no clip; it is None if its person asked for a length.
    """

    seconds: int
    because: End | None
    starts: int = 0  # sessions that were begun
    began_at: datetime | None = None  # when the first picture came
    recorded: float = 0.0  # seconds so far, which are only shown
    again: bool = False  # this is the second session, since the bot was interrupted
    silent: bool = False  # the finished video has no sound


def longest_live(camera: CameraKey) -> int:
    """Return the most seconds of a camera's live view that are recorded."""
    return LONGEST_LIVE if camera.kind is CameraKind.OWL else _LONGEST_OTHERS


class Superseded(Exception):
    """Another process acts for this job now: this one owns its row no longer, or the row has changed meanwhile."""


class StorageUnavailable(Exception):
    """The database cannot be read or written now. The last write may or may not have been saved."""
