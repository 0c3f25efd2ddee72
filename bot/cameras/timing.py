"""The intervals of what is done with cameras outside of jobs, in seconds."""

import random
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CameraTiming:
    """Every interval that cameras need; jobs share them."""

    busy_wait: float = 60.0  # how long a busy network is asked again; 0 = show "busy" and stop
    busy_gaps: tuple[float, ...] = (2.0, 4.0, 8.0, 10.0)  # the last one repeats
    poll: float = 1.0  # between two questions about a running command, on average; Blink's own app does the same
    switch_deadline: float = 60.0  # for arming, disarming and motion detection, which take a second or two
    usb_every: float = 15.0  # between two lists of one Sync Module's clips, since each keeps it busy
    usb_poll: float = 2.0
    usb_deadline: float = 90.0  # for a list
    thumbnails_for: float = 6.0  # how long a page of cameras waits for their latest pictures
    again: float = 1.0  # before a request that changed nothing is repeated
    inventory_age: float = 30.0  # greatest age of the list of cameras when a clip is asked for
    shared_age: float = 10.0  # between two looks at the cameras, recordings or pictures of another person

    def busy_gap(self, attempts: int) -> float:
        """Return the pause after the `attempts`-th busy answer, ±20 % so that jobs do not ask at the same moment."""
        gap = self.busy_gaps[min(attempts, len(self.busy_gaps)) - 1]
        return gap * random.uniform(0.8, 1.2)  # noqa: S311 - not a secret
