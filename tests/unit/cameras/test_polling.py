"""When Blink is asked again, by a clock that only moves while somebody waits."""

from dataclasses import replace
from itertools import pairwise
from statistics import median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.blink import BlinkError, RateLimited, Unreachable
from bot.cameras import polling as module
from bot.cameras.polling import Durations, Polling
from tests.support.jobs import TARGET

TRIP = 0.15


class Clock:
    """What time it is."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(module, "monotonic", clock)
    monkeypatch.setattr(module.asyncio, "sleep", clock.sleep)
    return clock


def ask(clock: Clock, polling: Polling, *, trip: float = TRIP, error: BlinkError | None = None) -> float:
    """Wait for the next question and ask it; return when it went out."""
    clock.now += polling.pause
    at = clock.now
    try:
        with polling.question():
            clock.now += trip
            if error:
                raise error
    except BlinkError:
        pass
    return at


def play(clock: Clock, polling: Polling, seconds: float, *, trip: float = TRIP) -> list[float]:
    """Ask until `seconds` are over, and return after how many seconds each question went out."""
    began, asked = clock.now, list[float]()
    while not asked or asked[-1] + trip / 2 < seconds:
        asked.append(ask(clock, polling, trip=trip) - began)
    polling.over()
    return asked


def clip(durations: Durations, target: module.Target = TARGET) -> Polling:
    return Polling(1.0, first=1.0, lately=durations.of("clip", target))


@pytest.mark.parametrize(
    ("lately", "seconds", "asked"),
    [
        ([], 3.5, [1, 2, 3, 4]),
        ([6.0], 6.0, [1, 3, 5, 5.5, 5.8, 6.1]),
        ([6.0], 9.5, [1, 3, 5, 5.5, 5.8, 6.1, 7, 8, 9, 10]),
        ([2.0, 8.0], 8.0, [1, 2, 3, 5, 7, 7.5, 7.8, 8.1]),
    ],
    ids=["an unknown camera", "as lately", "later than lately", "one way or the other"],
)
def test_a_command_is_asked_for_each_second_and_closer_when_the_last_ones_were_over(
    clock: Clock, lately: list[float], seconds: float, asked: list[float]
) -> None:
    polling = Polling(1.0, first=1.0, lately=module.deque(lately))
    assert play(clock, polling, seconds) == pytest.approx(asked, abs=0.01)


@pytest.mark.parametrize(
    "seconds", [[10.4] * 30, [9.6, 10.3, 10.0, 9.8, 10.5] * 6, [30.0, 29.5, 30.7] * 10], ids=["10.4", "10", "30"]
)
def test_the_end_of_a_clip_is_seen_within_half_a_second_for_at_most_one_question_each_second(
    clock: Clock, seconds: list[float]
) -> None:
    durations, late = Durations(), list[float]()
    for one in seconds:
        asked = play(clock, clip(durations), one)
        late.append(asked[-1] + TRIP / 2 - one)
        assert len(asked) <= one + 1
    assert median(late) <= 0.35


def test_looks_for_a_video_grow_rarer_and_close_again_when_it_begins_to_be_listed(clock: Clock) -> None:
    polling = Polling(1.0, longest=10.0)
    asked = [ask(clock, polling) for _ in range(20)]
    pauses = [after - before for before, after in pairwise(asked)]
    assert asked[0] == 1000.0
    assert pauses == sorted(pauses)
    assert (pauses[0], pauses[-1]) == pytest.approx((1.0, 10.0))
    clock.now += polling.pause
    with polling.question():
        polling.grow_again()
    assert polling.pause == pytest.approx(1.0)


def test_blink_that_wants_fewer_requests_gets_none_until_then_and_no_closer_ones_afterwards(clock: Clock) -> None:
    polling = Polling(1.0, lately=module.deque([9.0]))
    refused = ask(clock, polling, error=RateLimited(7.0))
    assert polling.pause == pytest.approx(7.0)
    asked = [ask(clock, polling) for _ in range(5)]
    assert asked[0] >= refused + TRIP + 7.0
    assert all(after - before >= 1.0 for before, after in pairwise(asked))


def test_a_question_without_an_answer_is_not_repeated_before_a_pause(clock: Clock) -> None:
    polling = Polling(1.0, lately=module.deque([1.0]))
    ask(clock, polling, error=Unreachable("no answer"))
    assert polling.pause >= 1.0


@pytest.mark.parametrize(("trip", "pause"), [(0.1, 0.9), (0.8, 0.8), (2.0, 2.0), (30.0, 3.0)])
def test_blink_that_answers_slowly_rests_as_long_as_its_answer_took(clock: Clock, trip: float, pause: float) -> None:
    polling = Polling(1.0)
    ask(clock, polling, trip=trip)
    assert polling.pause == pytest.approx(pause)


async def test_no_question_goes_out_after_the_deadline(clock: Clock) -> None:
    polling, until = Polling(1.0), clock() + 3.4
    asked = list[float]()
    while await polling.turn(until - clock()):
        asked.append(clock())
        with polling.question():
            clock.now += TRIP
    assert asked == pytest.approx([1000, 1001, 1002, 1003, 1003.4])


async def test_a_deadline_before_blink_may_be_asked_again_is_waited_for_without_a_question(clock: Clock) -> None:
    polling = Polling(1.0)
    ask(clock, polling, error=RateLimited(60.0))
    assert not await polling.turn(5.0)
    assert clock() == pytest.approx(1000 + TRIP + 5)


async def test_a_command_found_after_its_deadline_is_asked_for_once_and_teaches_nothing(clock: Clock) -> None:
    lately = module.deque[float]()
    polling = Polling(1.0, first=1.0, lately=lately, elapsed=200.0)
    assert await polling.turn(-80.0)
    ask(clock, polling)
    polling.over()
    assert not lately, "it may have been over for long"
    assert not await polling.turn(-81.0)
    ask(clock, polling)
    polling.over()
    assert list(lately) == pytest.approx([200.5], abs=0.2)


def test_cameras_accounts_and_waits_are_kept_apart_and_those_used_longest_ago_forgotten() -> None:
    durations = Durations(kept=3)
    durations.of("clip", TARGET).extend([9.0, 10.0, 11.0, 12.0])
    assert list(durations.of("clip", TARGET)) == [10.0, 11.0, 12.0]
    assert not durations.of("picture", TARGET)
    assert not durations.of("clip", replace(TARGET, account_id=77))
    assert durations.of("clip", TARGET)
    assert not durations.of("listed", TARGET)
    durations.of("picture", TARGET)
    assert durations.of("clip", TARGET)


@given(
    st.lists(st.floats(0.05, 130.0), max_size=3),
    st.floats(0.05, 130.0),
    st.lists(st.floats(0.01, 20.0), min_size=1, max_size=8),
)
def test_whatever_a_camera_did_blink_is_never_asked_too_often_nor_forgotten(
    lately: list[float], seconds: float, took: list[float]
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "monotonic", clock := Clock())
        polling = Polling(1.0, first=1.0, lately=module.deque(lately))
        asked = [ask(clock, polling, trip=trip) - 1000 for trip in took * 20]
    for number, (before, at) in enumerate(pairwise(asked), 2):
        assert at >= number - 1e-6
        assert 0.25 - 1e-6 <= at - before <= 2 + 2 * max(took)
