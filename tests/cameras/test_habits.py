"""What is remembered of how long cameras take."""

from dataclasses import replace

import pytest

from bot.cameras.cadence import Guess, Span
from bot.cameras.habits import Habits, Wait
from bot.models import CameraKey, CameraKind, Target
from tests.support.waits import CAMERA

TEN, THIRTY = Span(9.9, 10.1), Span(29.9, 30.1)


def camera(number: int, kind: CameraKind = CameraKind.CAMERA) -> Target:
    return replace(CAMERA, key=CameraKey(kind, 2, number))


def likeliest(guesses: list[Guess]) -> float:
    """Return around when most of the guesses' weight is."""
    places = {place: sum(one.weight for one in guesses if abs(one.at - place) < 1) for place in (3, 5, 10, 30)}
    return max(places, key=lambda place: places[place])


def guessed(habits: Habits, target: Target, wait: Wait = Wait.CLIP) -> list[Guess]:
    return habits.guesses(wait, target, pace=1.0)


def test_a_camera_is_expected_to_do_as_it_did_whatever_others_do() -> None:
    habits = Habits()
    for _ in range(3):
        habits.learn(Wait.CLIP, camera(1), THIRTY)
    for _ in range(100):
        habits.learn(Wait.CLIP, camera(2), TEN)
    assert {one.at for one in guessed(habits, camera(1))} == {30.0}


def test_an_unknown_camera_is_expected_to_do_as_its_kind_and_else_as_all() -> None:
    habits = Habits()
    assert likeliest(guessed(habits, camera(9))) == 10
    for _ in range(3):
        habits.learn(Wait.CLIP, camera(1, CameraKind.OWL), THIRTY)
    assert likeliest(guessed(habits, camera(9, CameraKind.OWL))) == 30
    assert likeliest(guessed(habits, camera(9))) == 30
    for _ in range(3):
        habits.learn(Wait.CLIP, camera(2), TEN)
    assert likeliest(guessed(habits, camera(9))) == 10
    assert likeliest(guessed(habits, camera(9, CameraKind.OWL))) == 30


def test_the_same_numbers_in_another_account_are_another_camera() -> None:
    habits = Habits()
    for _ in range(3):
        habits.learn(Wait.CLIP, camera(1), THIRTY)
        habits.learn(Wait.CLIP, replace(camera(1), account_id=77), TEN)
    assert likeliest(guessed(habits, camera(1))) == 30
    assert likeliest(guessed(habits, replace(camera(1), account_id=77))) == 10


def test_pictures_clips_and_lists_are_kept_apart() -> None:
    habits = Habits()
    for _ in range(5):
        habits.learn(Wait.CLIP, CAMERA, THIRTY)
    assert likeliest(guessed(habits, CAMERA, Wait.PICTURE)) == 3
    assert all(one.at < 10 for one in guessed(habits, CAMERA, Wait.LISTED))


def test_the_latest_waits_count_most_and_only_a_handful_counts() -> None:
    habits = Habits()
    for _ in range(100):
        habits.learn(Wait.CLIP, CAMERA, TEN)
    habits.learn(Wait.CLIP, CAMERA, THIRTY)
    first, *rest = guessed(habits, CAMERA)
    assert first.at == pytest.approx(30.0)
    assert len(rest) == 7
    assert all(first.weight > one.weight for one in rest)


@pytest.mark.parametrize("learned", [0, 1, 2, 3, 50])
def test_guesses_always_weigh_one_in_all(learned: int) -> None:
    habits = Habits()
    for _ in range(learned):
        habits.learn(Wait.CLIP, CAMERA, TEN)
    for target in (CAMERA, camera(8), camera(8, CameraKind.DOORBELL)):
        assert sum(one.weight for one in guessed(habits, target)) == pytest.approx(1.0)


def test_the_cameras_used_longest_ago_are_forgotten() -> None:
    habits = Habits(kept=2)
    for number in (1, 2):
        for _ in range(3):
            habits.learn(Wait.CLIP, camera(number), THIRTY)
    habits.learn(Wait.CLIP, camera(1), THIRTY)
    for _ in range(60):
        habits.learn(Wait.CLIP, camera(3), TEN)
    assert likeliest(guessed(habits, camera(1))) == 30
    assert likeliest(guessed(habits, camera(2))) == 10, "as its kind"


def test_what_was_not_seen_teaches_nothing_and_what_was_seen_roughly_is_guessed_roughly() -> None:
    habits = Habits()
    habits.learn(Wait.CLIP, CAMERA, None)
    assert guessed(habits, CAMERA) == guessed(Habits(), CAMERA)
    assert Guess.after(Span(10, 40), pace=1.0).blur > 5 > Guess.after(TEN, pace=1.0).blur
