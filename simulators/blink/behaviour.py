"""The kinds of cameras, and how one carries out a clip command or a live view: what a test or the demo chooses."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

Kind = Literal["camera", "mini", "floodlight", "doorbell"]
PRODUCT: dict[Kind, str] = {"camera": "catalina", "mini": "owl", "floodlight": "superior", "doorbell": "lotus"}
"""The `type` that the homescreen and the picture paths give each kind."""

BusyShape = Literal["409", "307", "307-location", "200"]
AnswerForm = Literal["full", "short"]
Stage = tuple[str, str, float]
"""A `state_stage`, the `state_condition` shown with it, and how many seconds it lasts."""

REALISTIC: tuple[Stage, ...] = (
    ("rest", "new", 0.6),
    ("cs_sent", "running", 0.8),
    ("sm", "running", 1.2),
    ("dev", "running", 5.0),
    ("is", "running", 1.4),
    ("vs", "done", 0.0),
)
THUMBNAIL: tuple[Stage, ...] = (
    ("rest", "new", 0.1),
    ("cs_sent", "running", 0.2),
    ("dev", "running", 0.7),
    ("vs", "done", 0.0),
)
SETTING: tuple[Stage, ...] = (("rest", "new", 0.2), ("sm", "running", 0.8), ("dev", "done", 0.0))


@dataclass(frozen=True)
class Failure:
    """How a failed command ends; the numbers are those of the one captured failure, a live view (blinkpy PR#979)."""

    status: int = 1
    status_msg: str = "Clip failed"
    status_code: int = 523
    stage: str = "dev"


LIVE_VIEW_FAILED = Failure(status_msg="Live view failed")
IMMIS = "immis://{host}:443/{connection}__IMDS_{serial}?client_id={client}"
RTSPS = "rtsps://lv-e008-app-u012.immedia-semi.com:443/{connection}__IMDS_{serial}?client_id={client}&blinkRTSP=true"


@dataclass(frozen=True)
class LiveBehaviour:
    """A camera's manners in a live view; every time is in Blink's seconds, `world.live_pace` of which make one of ours.

    The relay lets a client in by `token`: any; none of 64 zeros, which it closes without a byte; or any, but with
    zeros the picture ends after two seconds.
    """

    start: Literal["accepted", "refused", "not found"] = "accepted"  # refused: 400 and JSON; not found: 404 and HTML
    address: str | None = IMMIS  # with {host}, {connection}, {serial}, {client}; None: the answer names no server
    duration: int | None = 300  # what the answer says, not what is done
    token: Literal["any", "no zeros", "zeros cut"] = "any"
    token_length: int = 22  # characters, of which 64 fit into a header; 0: the answer has none, and zeros are right
    first_media: float | None = 1.5  # from the header on; None: accepted, echoes, and never a picture
    closes_first: int = 0  # so many connections are accepted and then closed before any media
    mid_gop: bool = False  # whether it begins between two key frames
    splits: bool = False  # whether frames are written in pieces
    junk: Literal["private", "misaligned"] | None = None  # media payloads that begin with no 47: one, or nearly all
    sound: Literal["aac", "none", "announced"] = "aac"  # announced: the stream says that it has some, and none comes
    cut_after: float | None = None  # it ends after so much media
    cuts_frame: bool = False  # whether that is in the middle of a frame
    limit: float = 300.0  # from the header to the end of a session that nobody ends
    ending: Literal["stop", "close", "reset", "silence"] = "stop"  # how it ends at `cut_after` or `limit`
    silence: float = 15.0  # a client that sends nothing for so long is dropped
    connect_within: float = 30.0  # until a client must have connected, again after each close, or the command fails
    command_ends: float | None = None  # so long after the start the command is complete, whatever the relay does
    command_fails: bool | Failure = False  # whether it has failed then
    release: float = 3.0  # how long its network and its account stay busy after the end; 2 to 9 have been seen
    listed: bool = False  # whether the app's media list gets an event of it, without a video

    @property
    def failure(self) -> Failure | None:
        """How the command fails at `command_ends`, if it does."""
        if isinstance(self.command_fails, Failure):
            return self.command_fails
        return LIVE_VIEW_FAILED if self.command_fails else None


@dataclass(frozen=True)
class Behaviour:
    """One camera's manners; every time is in seconds, and the last stage is the one a finished command rests in."""

    stages: tuple[Stage, ...] = REALISTIC
    upload_delay: float = 2.0  # from complete to the entry in the media list
    partial_for: float = 1.5  # how long that entry is partial
    fail: bool | Failure = False
    never_completes: bool = False
    video: Literal["when recorded", "always", "never"] = "when recorded"  # "never": it is lost everywhere
    covered: bool = True  # whether the account's plan, if it has one, keeps this camera's videos
    to_usb: bool = True  # whether an active stick gets the videos; of a clip on demand no source knows it
    usb_delay: float = 3.0  # from complete to the video on the stick
    recorded_at: float | None = None  # the video's created_at, after the command's; None: when stage "dev" begins
    answer_form: AnswerForm | None = None  # None: "full" for a battery camera, "short" for the others
    source: str = "pir"  # no capture of an on-demand clip's source exists
    video_seconds: float = 4.0
    video_sound: bool = True
    video_size: int | None = None  # at least so many bytes
    video_megabytes: float | None = None  # about so many MiB of picture that cannot be squeezed
    busy_first: float = 0.0  # how long the network turns this camera's clip away before it takes one
    busy_shape: BusyShape | None = None  # None: the network's
    thumbnail_seconds: float = 1.5
    thumbnail_delay: float = 0.0  # from a thumbnail's complete to the new picture on the homescreen
    thumbnail_fail: bool | Failure = False
    live: LiveBehaviour = LiveBehaviour()
    done: Literal["902", "900", "900 with 200", "404"] = "902"  # how the app's way to end a command answers

    @classmethod
    def quick(cls, **changes: Any) -> Behaviour:
        """Return the manners for tests: the same stages, each 0.02 s long."""
        stages = tuple((stage, condition, 0.02 if seconds else 0.0) for stage, condition, seconds in REALISTIC)
        quick = cls(
            stages=stages,
            upload_delay=0.02,
            partial_for=0.02,
            usb_delay=0.02,
            video_seconds=1.0,
            thumbnail_seconds=0.02,
        )
        return replace(quick, **changes)

    @property
    def seconds(self) -> float:
        """How long the command runs."""
        return sum(seconds for _, _, seconds in self.stages)

    @property
    def failure(self) -> Failure | None:
        """How the command fails, if it does."""
        if isinstance(self.fail, Failure):
            return self.fail
        return Failure() if self.fail else None

    @property
    def records(self) -> bool:
        """Whether a clip command that is left alone makes the camera record."""
        return self.video == "always" or not (self.never_completes or self.fail)

    @property
    def brings_video(self) -> bool:
        """Whether a clip command that is left alone leads to a video."""
        return self.records and self.video != "never"

    def begins(self, wanted: str) -> float:
        """Return when a stage begins, in seconds after the command; 0 if it is not among the stages."""
        elapsed = 0.0
        for stage, _, seconds in self.stages:
            if stage == wanted:
                return elapsed
            elapsed += seconds
        return 0.0


def scaled(stages: tuple[Stage, ...], seconds: float, *, fail: bool | Failure = False) -> Behaviour:
    """Return the manners of a command that takes so many seconds altogether."""
    return Behaviour(stages=tuple((stage, condition, share * seconds) for stage, condition, share in stages), fail=fail)
