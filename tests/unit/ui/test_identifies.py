"""Discord's 1000 IDENTIFYs a day are never used up, whatever goes wrong."""

import pytest

from bot.ui import Identifies, IdentifiesSpent

DAY = 86400.0


class Clock:
    """A clock that stands until it is moved."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def spend(identifies: Identifies, shards: int = 1) -> float:
    """Begin sessions until one has to wait; return for how long."""
    try:
        for _ in range(10_000):
            identifies.count(shards)
    except IdentifiesSpent as spent:
        return spent.wait
    pytest.fail("sessions can be begun without end")


def test_a_bad_day_has_a_burst_and_then_a_slow_pace() -> None:
    clock = Clock()
    identifies = Identifies(clock=clock)
    for _ in range(22):
        identifies.count(1)
    wait = spend(identifies)
    assert 0 < wait <= 150
    clock.now += wait
    identifies.count(1)


def test_a_whole_day_of_trouble_stays_far_below_discords_limit() -> None:
    clock = Clock()
    identifies = Identifies(clock=clock)
    begun = 0
    while clock.now < DAY:
        try:
            identifies.count(1)
        except IdentifiesSpent as spent:
            clock.now += spent.wait
        else:
            begun += 1
    assert 500 < begun < 700


def test_many_shards_may_all_start_and_start_again() -> None:
    identifies = Identifies(clock=Clock())
    for _ in range(2 * 64):
        identifies.count(64)
