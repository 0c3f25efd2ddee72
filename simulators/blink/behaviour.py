"""How a simulated camera carries out a clip command: the settings a test or the demo chooses."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

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


@dataclass(frozen=True)
class Behaviour:
    """One camera's manners; every time is in seconds, and the last stage is the one a finished command rests in."""

    stages: tuple[Stage, ...] = REALISTIC
    upload_delay: float = 2.0  # from complete to the entry in the media list
    partial_for: float = 1.5  # how long that entry is partial
    fail: bool | Failure = False
    never_completes: bool = False
    video: Literal["when recorded", "always", "never"] = "when recorded"  # "never": it is lost, whoever would keep it
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
