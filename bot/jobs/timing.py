"""All intervals of jobs, in seconds."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import repeat

from bot.cameras import CameraTiming


@dataclass(frozen=True, slots=True)
class JobTiming(CameraTiming):
    """Every interval of a job's life."""

    command_deadline: float = 120.0
    look_for: float = 180.0
    look_gaps: tuple[float, float] = (1.0, 10.0)  # between two looks for a video: the least on average, and the most
    late_after: float = 25.0  # after a command, how long a recording that began after its end is not yet taken
    photo_gives_way: float = 15.0  # how long a listed photo is not yet taken for the recording
    usb_after: float = 5.0  # until a USB drive is first asked; the cloud mostly lists a video sooner
    picture_for: float = 20.0  # how long a new picture is looked for
    picture_gaps: tuple[float, ...] = (0.5, 1.0, 2.0, 3.0)  # the last one repeats
    comfort_for: float = 150.0  # after the look for a video, how long a picture may take to replace it
    fetch_gaps: tuple[float, ...] = (1.0, 3.0, 8.0, 20.0, 30.0)  # between two tries to download a video
    live_gap: float = 10.0  # between two live views of an account, which Blink releases in up to 9 s
    save_again: float = 1.0  # between two tries to write that a live view is recorded
    settle: float = 4.0  # age of a job before Discord is asked whether it was acknowledged, which takes up to 3 s
    lease: float = 10.0  # how long a job belongs to a silent process; longer than any pause of a living one
    queue_wait: float = 600.0  # a job that has not begun by then ends
    turn_poll: float = 2.0  # between two looks whether another process has made room for a queued job
    too_late: float = 3600.0  # age at which a job that is found after an outage ends at once
    after_a_mistake: tuple[float, ...] = (0.0, 1.0, 5.0, 30.0, 120.0)  # between two tries to end a job that met a bug
    leave_for: float = 60.0  # how long Discord is asked whether a shared camera may still be shown
    leave_age: float = 30.0  # greatest age of Discord's answer to that while a job waits for its turn
    goodbye: float = 2.0  # how long a stopping bot may take to say so in the replies of unfinished clips
    remember: float = 30 * 86400.0  # how long ended jobs are kept

    @property
    def ask_why_after(self) -> float:
        """How long after a clip Blink is first asked whether it keeps a video; most are listed by then."""
        return 10 * self.look_gaps[0]

    @property
    def ask_why_every(self) -> float:
        """How long until Blink is asked that again."""
        return 45 * self.look_gaps[0]


def endless(gaps: tuple[float, ...]) -> Iterator[float]:
    """Yield the pauses, and then the last one for ever."""
    yield from gaps
    yield from repeat(gaps[-1])
