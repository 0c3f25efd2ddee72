"""Percentiles, medians and spreads, and the rows that measures fill with them."""

import math
import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any


def percentile(samples: Sequence[float], part: float) -> float:
    """Return the smallest sample that at least `part` (0 to 1) of all samples do not exceed; NaN of none."""
    if not samples:
        return math.nan
    ordered = sorted(samples)
    return ordered[max(0, math.ceil(part * len(ordered)) - 1)]


def median(samples: Sequence[float]) -> float:
    """Return the median; NaN of none."""
    return statistics.median(samples) if samples else math.nan


def spread(samples: Sequence[float]) -> float:
    """Return how far the samples lie apart, as a part of their median; NaN if there is nothing to compare."""
    middle = median(samples)
    return (max(samples) - min(samples)) / middle if len(samples) > 1 and middle else math.nan


def slope(points: Sequence[tuple[float, float]]) -> float:
    """Return how steeply the line rises that is nearest to all points; NaN of fewer than two."""
    if len(points) < 2:
        return math.nan
    along, up = zip(*points, strict=True)
    return statistics.linear_regression(along, up).slope


@dataclass
class Row:
    """One number of each program, once for each round; `limited` says in which ways it says less than it should."""

    key: str
    what: str
    unit: str
    samples: dict[str, list[float]] = field(default_factory=dict[str, list[float]])
    limited: list[str] = field(default_factory=list[str])

    def add(self, program: str, value: float) -> None:
        """Keep one more round's number."""
        self.samples.setdefault(program, []).append(value)

    def median(self, program: str) -> float:
        """Return a program's median; NaN if it was not measured."""
        return median(self.samples.get(program, ()))

    def ratio(self, program: str, to: str) -> float:
        """Return how many times as large one program's median is as another's; NaN without either."""
        other = self.median(to)
        return self.median(program) / other if other else math.nan

    def ratios(self, program: str, to: str) -> list[float]:
        """Return the same of each round, in which the two were measured one after the other."""
        rounds = zip(self.samples.get(program, ()), self.samples.get(to, ()), strict=False)
        return [one / other for one, other in rounds if other]


class Rows:
    """All rows, by key and in the order in which they came up."""

    def __init__(self) -> None:
        self._rows: dict[str, Row] = {}

    def __iter__(self) -> Iterator[Row]:
        return iter(self._rows.values())

    def get(self, key: str) -> Row | None:
        """Return a row, if anything was measured for it."""
        return self._rows.get(key)

    def add(self, key: str, what: str, unit: str, program: str, value: float) -> Row:
        """Keep one number, in a new row if there is none yet, and return the row."""
        row = self._rows.setdefault(key, Row(key, what, unit))
        row.add(program, value)
        return row

    def as_json(self) -> list[dict[str, Any]]:
        """Return them for a file."""
        return [
            {"key": one.key, "what": one.what, "unit": one.unit, "samples": one.samples, "limited": one.limited}
            for one in self
        ]
