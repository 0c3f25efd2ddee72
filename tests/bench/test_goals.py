import pytest

from bench.goals import GOALS, Goal, verdicts
from bench.numbers import Rows

FAST = Goal("rate", "the rate, to bare", "≥", 0.5, "bare")
LEAN = Goal("cpu", "the CPU", "≤", 10.0, unit="ms")


def measured(**programs: dict[str, float]) -> Rows:
    rows = Rows()
    for key, values in programs.items():
        for program, value in values.items():
            rows.add(key, key, "", program, value)
    return rows


@pytest.mark.parametrize(("bot", "met", "of_limit"), [(50.0, True, 1.0), (40.0, False, 1.25), (100.0, True, 0.5)])
def test_a_rate_is_to_be_at_least_a_part_of_the_other_s(bot: float, met: bool, of_limit: float) -> None:
    [one] = verdicts(measured(rate={"bot": bot, "bare": 100.0}), [FAST])
    assert (one.met, one.of_limit) == (met, pytest.approx(of_limit))


@pytest.mark.parametrize(("bot", "met", "of_limit"), [(10.0, True, 1.0), (12.5, False, 1.25)])
def test_a_cost_is_to_be_at_most_its_limit(bot: float, met: bool, of_limit: float) -> None:
    [one] = verdicts(measured(cpu={"bot": bot}), [LEAN])
    assert (one.met, one.of_limit) == (met, pytest.approx(of_limit))


def test_what_was_not_measured_is_not_judged_and_half_of_it_is_not_met() -> None:
    assert verdicts(measured(cpu={"bot": 1.0}), [FAST]) == []
    [one] = verdicts(measured(rate={"bot": 50.0}), [FAST])
    assert not one.measured
    assert not one.met


def test_no_two_goals_are_about_the_same_number() -> None:
    assert len({goal.key for goal in GOALS}) == len(GOALS)
