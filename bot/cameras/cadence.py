"""When to ask Blink next whether something is over: seldom where that is unlikely, often around when it is likely.

The waits of before are the guess at this one. Questions at the rate √(h / 2c), where h is the hazard (how likely it is
over in the next second, given that it is not yet) and c the price of a question, see an end soonest for what they cost
(J. B. Keller, "Optimum Checking Schedules for Systems Subject to Random Failure", 1974,
https://doi.org/10.1287/mnsc.21.3.256).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

_PRICE = 0.04  # of a question, in paces waited in vain
_SURPRISE = 0.1  # how likely it is that a wait is like none of before
_RARER = 2.5  # so many times longer than where nothing is expected can a pause be before something is
_SHARPEST = 0.15  # no guess is surer than so many paces …
_BLUR = 0.03  # … nor than this part of the wait
_FAR = 10.0  # so many blurs away a guess is as good as over, or as not begun
_LONGEST_REST = 3.0  # in paces, after an answer that took very long


@dataclass(frozen=True, slots=True)
class Bounds:
    """How often may be asked; times in seconds.

    `pace` is the least time for each question on average, but for the `free` ones that any wait has, and `fastest` for
    any single one. Where nothing is expected, pauses grow from `pace` to `rarest`; before something is, they can be
    longer. `first` is when the first may come.
    """

    pace: float
    fastest: float
    rarest: float
    first: float = 0.0
    free: int = 1


@dataclass(frozen=True, slots=True)
class Span:
    """Between which seconds of a wait it was over: asked after `vain` it was not yet, after `over` it was."""

    vain: float
    over: float


@dataclass(frozen=True, slots=True)
class Guess:
    """When a wait may be over: around `at`, give or take a few `blur` seconds, with this `weight` among others."""

    at: float
    blur: float
    weight: float = 1.0

    @classmethod
    def after(cls, span: Span, *, pace: float, weight: float = 1.0) -> "Guess":
        """Return the guess that it will take as long as it did before."""
        at = (span.vain + span.over) / 2
        return cls(at, max(_SHARPEST * pace, _BLUR * at, (span.over - span.vain) / 4), weight)


class Cadence:
    """One wait, of which `elapsed` seconds are over already; moments are by its caller's clock."""

    def __init__(
        self, bounds: Bounds, guesses: Sequence[Guess] = (), *, now: float = 0.0, elapsed: float = 0.0
    ) -> None:
        self._bounds = bounds
        self._zero = now - elapsed
        whole = sum(guess.weight for guess in guesses) / (1 - _SURPRISE) if guesses else 1.0
        self._guesses = [(guess.at, guess.blur, guess.weight / whole) for guess in guesses]
        self._began = self._news = elapsed
        self._vain = None if elapsed else 0.0
        self._asked_at: list[float] = []
        self._gentle = False

    @property
    def fastest(self) -> float:
        """The least time between two questions."""
        return self._bounds.fastest

    @property
    def span(self) -> Span | None:
        """What the wait, now over, has taught; None where it may have been over long before it was first asked."""
        if self._vain is None or not self._asked_at:
            return None
        return Span(self._vain, self._asked_at[-1])

    def first(self) -> float:
        """Return when to ask first."""
        return self._zero + max(self._bounds.first, self._began)

    def asking(self, at: float) -> None:
        """Note that a question goes out."""
        self._asked_at.append(at - self._zero)

    def not_yet(self, answered: float) -> float:
        """Return when to ask next, after the answer "not yet"."""
        self._vain = self._asked_at[-1]
        return self._next(answered)

    def in_trouble(self, answered: float, *, hold: float = 0.0) -> float:
        """Return when to ask next, after none or no good answer, or one that wants `hold` seconds of silence."""
        self._gentle = self._gentle or hold > 0
        return max(self._next(answered), answered + max(hold, self._bounds.pace))

    def nearly(self) -> None:
        """Hear that it has begun to be over: pauses grow anew."""
        self._news = self._asked_at[-1] if self._asked_at else self._began

    def _next(self, answered: float) -> float:
        asked, bounds = self._asked_at[-1], self._bounds
        answered -= self._zero
        rest = min(answered - asked, _LONGEST_REST * bounds.pace)  # who answers slowly is not to be asked more
        soonest = max(asked + (bounds.pace if self._gentle else bounds.fastest), answered + rest)
        return self._zero + self._afforded(max(self._likely(asked), soonest))

    def _likely(self, since: float) -> float:
        """Return when the rate of questions since the last one adds up to one."""
        step = self._bounds.fastest / 2
        at, latest, missing = since, since + _RARER * self._idle(since), 1.0
        near = [guess for guess in self._guesses if since - _FAR * guess[1] < guess[0] < latest + _FAR * guess[1]]
        later = sum(weight for when, blur, weight in self._guesses if when >= latest + _FAR * blur)
        while at < latest:
            rate = math.sqrt(self._hazard(at + step / 2, near, later) / (2 * _PRICE * self._bounds.pace))
            if rate * step >= missing:
                return min(latest, at + missing / rate)
            at, missing = at + step, missing - rate * step
        return latest

    def _hazard(self, at: float, near: Sequence[tuple[float, float, float]], later: float) -> float:
        """Return how likely it is over in the next second; guesses that are not `near` are over, or come `later`."""
        ends, lasts = _SURPRISE * 2 * _PRICE * self._bounds.pace / self._idle(at) ** 2, _SURPRISE + later
        for when, blur, weight in near:
            over = _logistic((at - when) / blur)
            ends += weight * over * (1 - over) / blur
            lasts += weight * (1 - over)
        return ends / lasts

    def _idle(self, at: float) -> float:
        """Return the pause where nothing is expected."""
        pace = self._bounds.pace
        return min(self._bounds.rarest, max(pace, math.sqrt(pace * max(0.0, at - self._news))))

    def _afforded(self, at: float) -> float:
        """Return when one more question keeps to the pace on average, from `at` on; the last free ones are spread."""
        pace, free, asked, last = self._bounds.pace, self._bounds.free, len(self._asked_at), self._asked_at[-1]
        left = free + (last - self._began) / pace - asked
        spread = last + pace / (1 + max(0.0, left))
        return max(at, spread, self._began + (asked + 1 - free) * pace)


def _logistic(x: float) -> float:
    return 1 / (1 + math.exp(-x)) if x > -700 else 0.0
