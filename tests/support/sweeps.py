"""How much of a sweep a run does, and at which seeded moments.

SWEEP=small is what `make test` does, SWEEP=sample what `.ci/run` does, SWEEP=all what `make sweep` does.
"""

import os
import random
from collections.abc import Callable, Sequence
from typing import TypeVar

import pytest

Note = Callable[[str, object], None]  # pytest's record_property: `note("sweep", line)` is printed at the run's end
T = TypeVar("T")

SIZES = ("small", "sample", "all")
SIZE = os.environ.get("SWEEP", "small")
SEED = int(os.environ.get("SEED", "20261123"))
if SIZE not in SIZES:
    raise ValueError(f"SWEEP={SIZE} is none of {', '.join(SIZES)}")


def amount(small: T, sample: T, whole: T) -> T:
    """Return how much this run does."""
    return dict(zip(SIZES, (small, sample, whole), strict=True))[SIZE]


def some(cases: Sequence[T], small: int) -> list[T]:
    """Return all cases, or in a small run so many of them, chosen by the seed and in their order."""
    if SIZE != "small":
        return list(cases)
    chosen = set(random.Random(SEED).sample(range(len(cases)), small))
    return [case for number, case in enumerate(cases) if number in chosen]


def chance() -> random.Random:
    """Return the sweep's dice."""
    return random.Random(SEED)


def on_databases(*upheavals: object, small: int) -> pytest.MarkDecorator:
    """Run a test with each upheaval on SQLite and PostgreSQL, or in a small run with so many of these pairs."""
    databases = ["sqlite", "postgresql"]
    if not upheavals:
        return pytest.mark.parametrize("database", some(databases, small), indirect=True)
    pairs = [(database, upheaval) for upheaval in upheavals for database in databases]
    return pytest.mark.parametrize(("database", "upheaval"), some(pairs, small), indirect=["database"])
