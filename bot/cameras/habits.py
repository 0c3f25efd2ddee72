"""How long this process has seen Blink take: for each camera, its kind and all. It may be forgotten at any time."""

from collections import OrderedDict, defaultdict, deque
from collections.abc import Iterable, Sequence
from dataclasses import replace
from enum import StrEnum

from bot.models import CameraKey, CameraKind, Target

from .cadence import Guess, Span

_REMEMBERED = 8  # of one camera
_IN_COMMON = 16  # of many cameras
_FADING = 0.8  # how much the wait before counts, where the latest counts 1: cameras change their habits …
_FADING_IN_COMMON = 0.95  # … and the latest of other cameras is no better than the rest
_ENOUGH = 3  # so many of a camera's own need no others


class Wait(StrEnum):
    """What is waited for."""

    CLIP = "clip"  # from the accepted command to "complete"
    PICTURE = "picture"
    LISTED = "listed"  # from a clip's "complete" to its whole video in the cloud's list


# In paces: no source has measured clips on demand, so that these are wide.
_AT_FIRST = {
    Wait.CLIP: (Guess(10, 0.6, 1.0), Guess(5, 1.0, 0.3), Guess(3, 0.5, 0.15), Guess(30, 1.0, 0.15)),
    Wait.PICTURE: (Guess(3, 0.5, 1.0), Guess(2, 0.5, 0.5)),
    Wait.LISTED: (Guess(2, 0.8, 1.0), Guess(6, 2.0, 1.0)),
}


class Habits:
    """How long waits took lately; only the `kept` cameras that were used last are remembered."""

    def __init__(self, *, kept: int = 3000) -> None:
        self._kept = kept
        self._own: OrderedDict[tuple[Wait, int, CameraKey], deque[Span]] = OrderedDict()
        self._common: defaultdict[tuple[Wait, CameraKind | None], deque[Span]] = defaultdict(
            lambda: deque(maxlen=_IN_COMMON)
        )

    def learn(self, wait: Wait, target: Target, span: Span | None) -> None:
        """Remember how long a wait took, where that was seen."""
        if span is None:
            return
        place = wait, target.account_id, target.key
        own = self._own.setdefault(place, deque(maxlen=_REMEMBERED))
        self._own.move_to_end(place)
        if len(self._own) > self._kept:
            self._own.popitem(last=False)
        for spans in (own, self._common[wait, target.key.kind], self._common[wait, None]):
            spans.appendleft(span)

    def know(self, wait: Wait, target: Target) -> bool:
        """Say whether a camera itself has shown how long a wait takes."""
        return (wait, target.account_id, target.key) in self._own

    def guesses(self, wait: Wait, target: Target, *, pace: float) -> list[Guess]:
        """Return when a wait may be over: as this camera's were; as long as those are few, as its kind's, or as all."""
        known = (
            (self._own.get((wait, target.account_id, target.key), ()), _FADING),
            (self._common.get((wait, target.key.kind), ()), _FADING_IN_COMMON),
            (self._common.get((wait, None), ()), _FADING_IN_COMMON),
        )
        found: list[Guess] = []
        missing = 1.0
        for spans, fading in known:
            share = missing * min(1.0, len(spans) / _ENOUGH)
            guesses = [Guess.after(span, pace=pace, weight=fading**age) for age, span in enumerate(spans)]
            found += _weighing(guesses, share)
            missing -= share
            if not missing:
                return found
        at_first = [replace(guess, at=guess.at * pace, blur=guess.blur * pace) for guess in _AT_FIRST[wait]]
        return [*found, *_weighing(at_first, missing)]


def _weighing(guesses: Sequence[Guess], share: float) -> Iterable[Guess]:
    """Yield guesses whose weights are together `share`."""
    whole = sum(guess.weight for guess in guesses)
    return (replace(guess, weight=guess.weight * share / whole) for guess in guesses)
