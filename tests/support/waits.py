"""Waits played through without a clock: how late an end is seen, and how often Blink was asked for it."""

import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from statistics import mean, median

from bot.cameras.cadence import Bounds, Cadence
from bot.cameras.habits import Habits, Wait
from bot.models import CameraKey, CameraKind, Target

CAMERA = Target(1, CameraKey(CameraKind.CAMERA, 2, 3), "Front Door", "Home")


@dataclass(frozen=True)
class Played:
    """One wait: how long it took, when Blink was asked, and how long the last answer took."""

    seconds: float
    asked: Sequence[float]
    trip: float

    @property
    def late(self) -> float:
        """How long after the end it was asked for, which is how late it is seen but for the round trip."""
        return max(0.0, self.asked[-1] + self.trip / 2 - self.seconds)


@dataclass(frozen=True)
class Figures:
    """What many waits come to."""

    median: float
    most: float  # what one in ten exceeds
    requests: float

    @classmethod
    def of(cls, waits: Iterable[Played]) -> "Figures":
        waits = list(waits)
        late = sorted(one.late for one in waits)
        return cls(median(late), late[len(late) * 9 // 10], mean(len(one.asked) for one in waits))


def trips(seed: int = 1) -> Callable[[], float]:
    """Return how long Blink's answers take."""
    dice = random.Random(seed)
    return lambda: dice.uniform(0.08, 0.2)


def play(cadence: Cadence, seconds: float, trip: Callable[[], float], *, deadline: float = 600.0) -> Played:
    """Ask at a cadence until it is over."""
    asked, due = list[float](), cadence.first()
    while True:
        cadence.asking(due)
        asked.append(due)
        took = trip()
        if due + took / 2 >= seconds or due >= deadline:
            return Played(seconds, asked, took)
        due = cadence.not_yet(due + took)


def at_gaps(gaps: Sequence[float], seconds: float, trip: Callable[[], float]) -> Played:
    """Ask after fixed pauses, of which the last one repeats."""
    asked, due = list[float](), 0.0
    while True:
        asked.append(due)
        took = trip()
        if due + took / 2 >= seconds:
            return Played(seconds, asked, took)
        due += took + gaps[min(len(asked), len(gaps)) - 1]


def in_turn(
    wait: Wait, bounds: Bounds, waits: Iterable[float], *, trip: Callable[[], float] | None = None
) -> Iterator[Played]:
    """Play one wait of the camera after the other, each with what was learned from those before."""
    habits, trip = Habits(), trip or trips()
    for seconds in waits:
        cadence = Cadence(bounds, habits.guesses(wait, CAMERA, pace=bounds.pace))
        yield play(cadence, seconds, trip)
        habits.learn(wait, CAMERA, cadence.span)


def first_ones(wait: Wait, bounds: Bounds, waits: Iterable[float]) -> Iterator[Played]:
    """Play each wait as the first that is ever seen."""
    trip = trips()
    for seconds in waits:
        yield play(Cadence(bounds, Habits().guesses(wait, CAMERA, pace=bounds.pace)), seconds, trip)
