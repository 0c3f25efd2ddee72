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


@pytest.mark.parametrize(("bot", "met"), [(50.0, True), (40.0, False), (100.0, True)])
def test_a_rate_is_to_be_at_least_a_part_of_the_other_s(bot: float, met: bool) -> None:
    [one] = verdicts(measured(rate={"bot": bot, "bare": 100.0}), [FAST])
    assert one.met is met
    assert not one.in_doubt


@pytest.mark.parametrize(("bot", "met"), [(10.0, True), (12.5, False)])
def test_a_cost_is_to_be_at_most_its_limit(bot: float, met: bool) -> None:
    [one] = verdicts(measured(cpu={"bot": bot}), [LEAN])
    assert one.met is met


@pytest.mark.parametrize(("rounds", "doubt"), [((9.0, 9.5, 10.5), True), ((8.0, 9.0), False), ((11.0, 12.0), False)])
def test_a_goal_is_in_doubt_if_the_rounds_do_not_agree(rounds: tuple[float, ...], doubt: bool) -> None:
    rows = Rows()
    for value in rounds:
        rows.add("cpu", "cpu", "ms", "bot", value)
    [one] = verdicts(rows, [LEAN])
    assert one.in_doubt is doubt


def test_rounds_of_a_ratio_are_those_in_which_both_were_measured_in_turn() -> None:
    rows = Rows()
    for bot, bare in ((40.0, 100.0), (66.0, 120.0), (60.0, 100.0)):
        rows.add("rate", "rate", "/s", "bot", bot)
        rows.add("rate", "rate", "/s", "bare", bare)
    [one] = verdicts(rows, [FAST])
    assert one.rounds == pytest.approx([0.4, 0.55, 0.6])
    assert one.met
    assert one.in_doubt


def test_a_goal_is_in_doubt_if_something_else_was_the_limit() -> None:
    rows = measured(cpu={"bot": 5.0})
    next(iter(rows)).limited.append("bot: something else used 30% of the program's core")
    [one] = verdicts(rows, [LEAN])
    assert one.met
    assert one.in_doubt


def test_what_was_not_measured_is_not_judged_and_half_of_it_is_not_met() -> None:
    assert verdicts(measured(cpu={"bot": 1.0}), [FAST]) == []
    [one] = verdicts(measured(rate={"bot": 50.0}), [FAST])
    assert not one.measured
    assert not one.met


def test_no_two_goals_are_about_the_same_number() -> None:
    assert len({goal.key for goal in GOALS}) == len(GOALS)
