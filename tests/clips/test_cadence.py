"""When Blink is asked whether a recording is over and its video listed, simulated over many kinds of cameras."""

import math
import random
from collections.abc import Callable
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.clips import Timing
from bot.clips.cadence import Bounds, Cadence, Guess, Span
from bot.clips.habits import Habits, Wait
from tests.support.waits import CAMERA, Figures, at_gaps, first_ones, in_turn, play, trips

FOLLOWING, LOOKING = Timing().following, Timing().looking
EACH_SECOND = (1.0,)
GROWING = (1.0, 1.0, 2.0, 3.0, 5.0, 8.0, 10.0)
Draw = Callable[[random.Random], float]


def drawn(draw: Draw, count: int = 300) -> list[float]:
    dice = random.Random(7)
    return [max(0.3, draw(dice)) for _ in range(count)]


def around(seconds: float, jitter: float) -> Draw:
    return lambda dice: dice.uniform(seconds - jitter, seconds + jitter)


CLIPS: dict[str, tuple[Draw, float]] = {
    "ten seconds to the tenth": (around(10.4, 0.05), 0.35),
    "ten seconds, give or take one": (around(10, 1), 0.35),
    "ten seconds, mostly": (lambda dice: dice.gauss(10, 0.5), 0.35),
    "about ten seconds": (lambda dice: dice.gauss(10, 2), 0.35),
    "five or ten": (lambda dice: dice.choice([5, 10]) + dice.uniform(-0.5, 0.5), 0.35),
    "half a minute": (around(30, 1), 0.35),
    "a minute": (around(60, 1), 0.35),
    "one in five fails early": (lambda dice: (3 if dice.random() < 0.2 else 10) + dice.uniform(-0.5, 0.5), 0.35),
    "one in twenty takes long": (lambda dice: (30 if dice.random() < 0.05 else 10) + dice.uniform(-0.5, 0.5), 0.35),
    "as long as it likes": (around(16.5, 13.5), 0.55),
}


@pytest.mark.parametrize("name", CLIPS)
def test_the_end_of_a_clip_is_seen_sooner_than_by_asking_each_second_for_fewer_requests(name: str) -> None:
    draw, soon = CLIPS[name]
    clips = drawn(draw)
    seen = Figures.of(in_turn(Wait.CLIP, FOLLOWING, clips))
    each_second = Figures.of(map(partial(at_gaps, EACH_SECOND, trip=trips()), clips))
    assert seen.median <= soon
    assert seen.median < each_second.median
    assert seen.requests <= min(sum(clips) / len(clips), each_second.requests)


FIRSTS = {"usual": (10.0, 0.35), "short": (5.0, 0.6), "half a minute": (30.0, 0.35), "unusual": (20.0, 0.6)}


@pytest.mark.parametrize("name", FIRSTS)
def test_the_first_clip_of_an_unknown_camera_is_seen_in_good_time(name: str) -> None:
    seconds, soon = FIRSTS[name]
    seen = Figures.of(first_ones(Wait.CLIP, FOLLOWING, drawn(around(seconds, 1))))
    assert seen.median <= soon
    assert seen.most <= 1.2


def test_where_each_answer_takes_a_second_less_is_asked_and_nothing_seen_later() -> None:
    clips = drawn(around(10, 1))
    seen = Figures.of(in_turn(Wait.CLIP, FOLLOWING, clips, trip=lambda: 1.0))
    each_second = Figures.of(map(partial(at_gaps, EACH_SECOND, trip=lambda: 1.0), clips))
    assert seen.requests < each_second.requests
    assert seen.median <= each_second.median


def test_a_camera_that_changes_its_habits_is_followed_after_one_clip() -> None:
    changed: list[list[float]] = []
    for seed in range(50):
        dice = random.Random(seed)
        tens = [around(10, 1)(dice) for _ in range(100)]
        played = [*in_turn(Wait.CLIP, FOLLOWING, [*tens, *(around(30, 1)(dice) for _ in range(3))])]
        changed.append([one.late for one in played[-3:]])
        assert all(len(one.asked) <= math.ceil(one.seconds) + 1 for one in played)
    first, second, third = (sorted(late) for late in zip(*changed, strict=True))
    assert first[-1] <= 1.1
    assert second[25] <= 0.35
    assert third[25] <= 0.35


def test_pictures_are_seen_soon() -> None:
    assert Figures.of(in_turn(Wait.PICTURE, FOLLOWING, drawn(around(3, 0.5)))).median <= 0.35


LISTS: dict[str, Draw] = {
    "almost at once": around(0, 0),
    "after two seconds": around(2, 0.3),
    "after three or four": around(3.5, 1),
    "after eight": around(8, 2),
    "after twenty": around(20, 3),
    "at any time": around(8, 7),
}


@pytest.mark.parametrize("name", LISTS)
def test_a_video_is_found_soon_after_it_is_listed(name: str) -> None:
    waits = drawn(LISTS[name])
    assert Figures.of(in_turn(Wait.LISTED, LOOKING, waits)).median <= 0.6


@pytest.mark.parametrize("seconds", [2.0, 3.5, 8.0])
def test_the_first_video_of_an_unknown_camera_is_found_soon(seconds: float) -> None:
    assert Figures.of(first_ones(Wait.LISTED, LOOKING, drawn(around(seconds, 0.5)))).median <= 0.6


def test_a_video_that_never_comes_costs_few_looks_more_than_ever_longer_pauses() -> None:
    nothing = play(Cadence(LOOKING), 1000, trips(), deadline=180)
    hoped = play(Cadence(LOOKING, Habits().guesses(Wait.LISTED, CAMERA, pace=1.0)), 1000, trips(), deadline=180)
    before = at_gaps(GROWING, 180, trips())
    assert len(nothing.asked) <= len(before.asked) + 5
    assert len(hoped.asked) <= 2 * len(before.asked)


def test_a_video_that_begins_to_be_listed_is_looked_for_as_often_as_at_first() -> None:
    cadence = Cadence(LOOKING, elapsed=0.0)
    cadence.asking(100.0)
    rare = cadence.not_yet(100.1) - 100.0
    cadence.nearly()
    assert cadence.not_yet(100.1) - 100.0 <= 1.5 < 3.0 < rare


SECONDS = st.floats(0.05, 130.0)
SPANS = st.lists(st.tuples(SECONDS, st.floats(0.0, 40.0)).map(lambda one: Span(one[0], one[0] + one[1])), max_size=12)
BOUNDS = st.sampled_from([FOLLOWING, LOOKING, Timing(poll=0.03).following])


def known(spans: list[Span], bounds: Bounds) -> list[Guess]:
    habits = Habits()
    for span in spans:
        habits.learn(Wait.CLIP, CAMERA, span)
    return habits.guesses(Wait.CLIP, CAMERA, pace=bounds.pace)


@given(BOUNDS, SPANS, SECONDS, st.lists(st.floats(0.0, 20.0), min_size=1, max_size=8))
def test_whatever_cameras_do_blink_is_never_asked_too_often_nor_forgotten(
    bounds: Bounds, spans: list[Span], seconds: float, took: list[float]
) -> None:
    seconds *= bounds.pace
    answers = iter(took * 200)
    played = play(Cadence(bounds, known(spans, bounds)), seconds, lambda: next(answers) * bounds.pace)
    assert len(played.asked) <= math.ceil(seconds / bounds.pace) + bounds.free
    for number, at in enumerate(played.asked):
        assert at >= (number + 1 - bounds.free) * bounds.pace - 1e-6
    for (before, at), slow in zip(zip(played.asked, played.asked[1:], strict=False), took * 200, strict=False):
        pause = at - before
        assert pause >= bounds.fastest - 1e-9
        assert pause >= min(2 * slow, slow + 3) * bounds.pace - 1e-6, "who answers slowly is asked less"
        # Two and a half times as long as where nothing is expected: `_RARER` in bot/clips/cadence.py.
        assert pause <= max(2.5 * bounds.rarest, (slow + 5) * bounds.pace) + bounds.pace + 1e-6


@given(SPANS, SECONDS, st.floats(1.0, 900.0))
def test_where_blink_wants_fewer_requests_it_is_silent_and_then_asked_no_faster_than_each_second(
    spans: list[Span], at: float, hold: float
) -> None:
    cadence = Cadence(FOLLOWING, known(spans, FOLLOWING))
    cadence.asking(at)
    due = cadence.in_trouble(at + 0.1, hold=hold)
    assert due >= at + 0.1 + hold
    for _ in range(30):
        cadence.asking(due)
        before, due = due, cadence.not_yet(due + 0.1)
        assert due - before >= FOLLOWING.pace - 1e-6


def test_an_answer_that_is_none_is_no_reason_to_ask_sooner_than_after_a_second() -> None:
    cadence = Cadence(FOLLOWING, [Guess(10, 0.2)])
    cadence.asking(10.0)
    assert cadence.in_trouble(10.1) >= 11.1
    cadence.asking(11.1)
    assert cadence.not_yet(11.2) < 12.1


def test_a_switch_is_asked_for_at_once_and_then_each_second() -> None:
    played = play(Cadence(Timing().switching, now=50.0), 53.5, lambda: 0.1)
    assert played.asked == pytest.approx([50, 51, 52, 53, 54])


def test_a_command_found_after_a_restart_is_asked_for_at_once_and_teaches_only_what_was_seen() -> None:
    cadence = Cadence(FOLLOWING, now=1000.0, elapsed=40.0)
    assert cadence.first() == 1000.0
    cadence.asking(1000.0)
    assert cadence.span is None, "it may have been over for long"
    cadence.asking(cadence.not_yet(1000.1))
    assert cadence.span is not None
    assert cadence.span.vain == pytest.approx(40.0)
    assert 40.0 < cadence.span.over <= 42.0


def test_an_answer_that_is_none_teaches_nothing_of_when_it_was_over() -> None:
    cadence = Cadence(FOLLOWING)
    cadence.asking(1.0)
    cadence.not_yet(1.1)
    cadence.asking(3.0)
    cadence.in_trouble(3.1)
    cadence.asking(5.0)
    assert cadence.span == Span(1.0, 5.0)
