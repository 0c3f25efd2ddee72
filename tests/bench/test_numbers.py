import math

import pytest

from bench.numbers import Row, Rows, median, percentile, slope, spread


@pytest.mark.parametrize(
    ("part", "value"),
    [(0.0, 1.0), (0.5, 5.0), (0.99, 10.0), (1.0, 10.0), (0.11, 2.0)],
)
def test_a_percentile_is_a_sample_that_so_many_do_not_exceed(part: float, value: float) -> None:
    assert percentile([float(one) for one in (10, 9, 8, 7, 6, 5, 4, 3, 2, 1)], part) == value


def test_nothing_measured_is_no_number_and_never_a_zero() -> None:
    assert math.isnan(percentile([], 0.5))
    assert math.isnan(median([]))
    assert math.isnan(spread([7.0]))
    assert math.isnan(Row("a", "a", "").ratio("bot", "bare"))


def test_the_spread_is_a_part_of_the_median() -> None:
    assert spread([8.0, 10.0, 12.0]) == pytest.approx(0.4)


def test_the_slope_is_that_of_the_nearest_line() -> None:
    assert slope([(0.0, 90.0), (1.0, 92.0), (2.0, 91.0), (3.0, 93.0)]) == pytest.approx(0.8)
    assert math.isnan(slope([(0.0, 90.0)]))


def test_rounds_of_both_programs_are_compared_by_their_medians() -> None:
    rows = Rows()
    for bot, bare in ((30.0, 10.0), (90.0, 11.0), (20.0, 10.0)):
        rows.add("rate", "the rate", "/s", "bot", bot)
        rows.add("rate", "the rate", "/s", "bare", bare)
    row = rows.get("rate")
    assert row
    assert row.ratio("bot", "bare") == 3.0
    assert row.ratios("bot", "bare") == pytest.approx([3.0, 90 / 11, 2.0])
    assert [one.key for one in rows] == ["rate"]
