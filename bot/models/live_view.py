"""The recording of a live view: in place of a clip that Blink does not keep, or of a length that was asked for."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from .camera_ref import CameraKey, CameraKind
from .job_stages import End

SHORTEST_LIVE, DEFAULT_LIVE, LONGEST_LIVE = 5, 15, 60  # seconds
_LONGEST_OTHERS = 30  # many of them run on batteries


class LiveMode(StrEnum):
    """How far the host lets the bot record live views."""

    ON = "on"
    SILENT = "silent"  # without sound
    PINNED = "pinned"  # only from relays whose certificate is known already
    OFF = "off"


@dataclass(frozen=True, slots=True)
class LiveView:
    """The live view that a job records: how long it is to be, and how far it has come.

    `because` is why there is no clip; it is None if its person asked for a length.
    """

    seconds: int
    because: End | None
    starts: int = 0  # sessions that were begun
    began_at: datetime | None = None  # when the first picture came
    recorded: float = 0.0  # seconds so far, which are only shown
    again: bool = False  # this is the second session, after a restart of the bot
    silent: bool = False  # the finished video has no sound


def longest_live(camera: CameraKey) -> int:
    """Return the most seconds of a camera's live view that are recorded."""
    return LONGEST_LIVE if camera.kind is CameraKind.OWL else _LONGEST_OTHERS
