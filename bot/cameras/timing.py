"""How long Blink is asked about cameras outside of jobs; all times in seconds."""

import random
from dataclasses import dataclass

from .cadence import Bounds


@dataclass(frozen=True, slots=True)
class CameraTiming:
    """Hold every interval of what is done with cameras outside of jobs, and of what jobs share with it."""

    busy_wait: float = 60.0  # how long "busy" is asked again; 0 = show it and stop
    busy_gaps: tuple[float, ...] = (2.0, 4.0, 8.0, 10.0)  # the last one repeats
    poll: float = 1.0  # the app's own pace while a command runs; ours on average (`cadence`)
    switch_deadline: float = 60.0  # for arming, disarming and motion detection, which take a second or two
    usb_every: float = 15.0  # between two lists of one Sync Module's clips, since each occupies it
    usb_poll: float = 2.0
    usb_deadline: float = 90.0  # for a list
    thumbnails_for: float = 6.0  # how long the latest pictures of a page of cameras are waited for, all at once
    again: float = 1.0  # before a question that changes nothing is asked a second time
    inventory_age: float = 30.0  # how old the list of cameras may be when a clip is asked
    lent_age: float = 10.0  # between two looks at somebody else's cameras, recordings or pictures

    @property
    def switching(self) -> Bounds:
        """How often Blink is asked for what takes a second or two."""
        return Bounds(pace=self.poll, fastest=self.poll, rarest=self.poll)

    def busy_gap(self, attempts: int) -> float:
        """Return the pause after the `attempts`-th busy answer, ±20 % so that waiting bots do not march in step."""
        gap = self.busy_gaps[min(attempts, len(self.busy_gaps)) - 1]
        return gap * random.uniform(0.8, 1.2)  # noqa: S311 - not a secret
