"""When Blink is asked again."""

import itertools

import pytest

from bot.clips import Timing
from bot.clips.timing import endless


@pytest.mark.parametrize(("attempts", "seconds"), [(1, 2), (2, 4), (3, 8), (4, 10), (5, 10), (50, 10)])
def test_a_busy_network_is_asked_again_after_growing_jittered_pauses(attempts: int, seconds: float) -> None:
    gaps = [Timing().busy_gap(attempts) for _ in range(200)]
    assert all(seconds * 0.8 <= gap <= seconds * 1.2 for gap in gaps)
    assert len(set(gaps)) > 1


def test_looks_for_a_video_grow_rarer_and_never_stop() -> None:
    gaps = list(itertools.islice(endless(Timing().look_gaps), 20))
    assert gaps == sorted(gaps)
    assert gaps[-1] == gaps[-5]
