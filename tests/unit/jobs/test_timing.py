"""When Blink is asked again."""

import itertools

import pytest

from bot.jobs import JobTiming
from bot.jobs.timing import endless


@pytest.mark.parametrize(("attempts", "seconds"), [(1, 2), (2, 4), (3, 8), (4, 10), (5, 10), (50, 10)])
def test_a_busy_network_is_asked_again_after_growing_jittered_pauses(attempts: int, seconds: float) -> None:
    gaps = [JobTiming().busy_gap(attempts) for _ in range(200)]
    assert all(seconds * 0.8 <= gap <= seconds * 1.2 for gap in gaps)
    assert len(set(gaps)) > 1


def test_looks_for_a_picture_grow_rarer_and_never_stop() -> None:
    gaps = list(itertools.islice(endless(JobTiming().picture_gaps), 20))
    assert gaps == sorted(gaps)
    assert gaps[-1] == gaps[-5]


def test_a_drive_is_asked_after_the_cloud_and_for_several_lists_before_the_look_is_over() -> None:
    timing = JobTiming()
    assert timing.usb_after > 3 * timing.look_gaps[0]
    assert timing.usb_after + 2 * timing.usb_deadline > timing.look_for > timing.usb_deadline
    assert timing.usb_poll < timing.usb_every


def test_a_picture_in_place_of_a_video_is_only_waited_for_while_somebody_may_still_look() -> None:
    timing = JobTiming()
    longest = timing.command_deadline + timing.look_for + timing.comfort_for + timing.picture_for
    assert longest < 15 * 60, "the interaction's token lives so long"
