"""How long a job waits, for what, and when it asks again; all times in seconds."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import repeat


@dataclass(frozen=True, slots=True)
class Timing:
    """Every interval of a job's life."""

    busy_wait: float = 60.0  # how long "busy" is asked again; 0 = show it and stop
    busy_gaps: tuple[float, ...] = (2.0, 4.0, 8.0, 10.0)  # the last one repeats
    poll: float = 1.0  # the app's own pace while a command runs; ours on average (`polling`)
    command_deadline: float = 120.0
    switch_deadline: float = 60.0  # for arming, disarming and motion detection, which take a second or two
    look_for: float = 180.0
    look_gaps: tuple[float, float] = (1.0, 10.0)  # on average no shorter; where nothing is expected they grow so long
    late_after: float = 25.0  # how long a recording that began after the command's end may give way to one from before
    photo_gives_way: float = 15.0  # how long a photo is no clip, if nothing else is listed
    usb_after: float = 5.0  # when a USB drive is first asked; where the cloud has the video, it has it by then
    usb_every: float = 15.0  # between two lists of one Sync Module's clips, since each occupies it
    usb_poll: float = 2.0
    usb_deadline: float = 90.0  # for a list
    picture_for: float = 20.0  # how long a new picture is looked for
    picture_gaps: tuple[float, ...] = (0.5, 1.0, 2.0, 3.0)  # the last one repeats
    thumbnails_for: float = 6.0  # how long the latest pictures of a page of cameras are waited for, all at once
    comfort_for: float = 150.0  # how long after the look for a video a picture may take to come in its place
    fetch_gaps: tuple[float, ...] = (1.0, 3.0, 8.0, 20.0, 30.0)  # between the tries to download a listed video
    again: float = 1.0  # before a question that changes nothing is asked a second time
    settle: float = 4.0  # how old a job is before Discord is asked whether it was acknowledged, which takes up to 3 s
    lease: float = 10.0  # how long a job stays with a process that gives no sign; longer than any pause of a living one
    queue_wait: float = 600.0  # a job not asked by then ends
    turn_poll: float = 2.0  # how often a queued job looks for itself whether another process made room
    too_late: float = 3600.0  # a job found this old after an outage ends at once
    inventory_age: float = 30.0  # how old the list of cameras may be when a clip is asked
    after_a_mistake: tuple[float, ...] = (0.0, 1.0, 5.0, 30.0, 120.0)  # between the tries to tell of a broken job
    lent_age: float = 10.0  # between two looks at somebody else's cameras, recordings or pictures
    leave_for: float = 60.0  # how long Discord is asked whether somebody else's camera may still be shown
    leave_age: float = 30.0  # how old Discord's answer may be while a job waits for its turn
    goodbye: float = 2.0  # how long a bot that stops may take to say so in the replies of unfinished clips
    remember: float = 30 * 86400.0  # how long ended jobs are kept

    @property
    def ask_why_after(self) -> float:
        """When Blink is first asked whether it will keep a video: by then most are listed."""
        return 10 * self.look_gaps[0]

    @property
    def ask_why_every(self) -> float:
        """How long until it is asked the same again."""
        return 45 * self.look_gaps[0]

    def busy_gap(self, attempts: int) -> float:
        """Return the pause after the `attempts`-th busy answer, ±20 % so that waiting bots do not march in step."""
        gap = self.busy_gaps[min(attempts, len(self.busy_gaps)) - 1]
        return gap * random.uniform(0.8, 1.2)  # noqa: S311 - not a secret


def endless(gaps: tuple[float, ...]) -> Iterator[float]:
    """Yield the pauses between looks for something, the last one for ever."""
    yield from gaps
    yield from repeat(gaps[-1])
