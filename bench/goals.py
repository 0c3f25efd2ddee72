"""What the numbers are to be, and whether they are."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from .numbers import Row, Rows

_ROUND_TRIP = 0.01  # seconds, on one machine


@dataclass(frozen=True)
class Goal:
    """One number of the bot's, or how many times as large it is as another program's `to`, and its `limit`."""

    key: str
    what: str
    most_or_least: Literal["≤", "≥"]
    limit: float
    to: str | None = None
    unit: str = ""

    def met_by(self, value: float) -> bool:
        """Return whether a number reaches the goal; NaN never does."""
        return value <= self.limit if self.most_or_least == "≤" else value >= self.limit


@dataclass(frozen=True)
class Verdict:
    """A goal, what was measured (NaN if nothing was) as a whole and in each round, and in which ways it is limited."""

    goal: Goal
    value: float
    rounds: Sequence[float] = ()
    limited: Sequence[str] = ()

    @property
    def measured(self) -> bool:
        """Whether there is anything to judge."""
        return not math.isnan(self.value)

    @property
    def met(self) -> bool:
        """Whether the goal is reached; never without a measurement."""
        return self.goal.met_by(self.value)

    @property
    def in_doubt(self) -> bool:
        """Whether the rounds do not agree if the goal is reached, or something else than the bot was the limit."""
        return self.measured and bool(self.limited or len(set(map(self.goal.met_by, self.rounds))) > 1)


GOALS = (
    Goal("acks.p50", "12 clips a second: ack p50, to durable", "≤", 1.5, "durable"),
    Goal("acks.p99", "12 clips a second: ack p99, to durable", "≤", 2.0, "durable"),
    Goal("clips.cpu", "CPU of a clip of a known camera, to by hand", "≤", 1.8, "raw"),
    Goal("unlinked.rate", "`/clip` of somebody not linked: highest rate, to bare", "≥", 0.58, "bare"),
    Goal("autocomplete.rate", "names while one types: highest rate, to bare", "≥", 0.8, "bare"),
    Goal("burst.max@300", "300 clips in one second: the last acknowledged after", "≤", 300.0, unit="ms"),
    Goal("flights.delivered@1000", "1,000 clips in flight: delivered", "≥", 100.0, unit="%"),
    Goal("flights.p99@1000", "1,000 clips in flight: ack p99", "≤", 1000.0, unit="ms"),
    Goal("flights.rss@1000", "1,000 clips in flight: memory of each", "≤", 40.0, unit="KiB"),
    Goal("clips.p99", "5 clips a second: ack p99", "≤", 1000.0, unit="ms"),
    Goal("clips.told", "from “complete” to the reply, median", "≤", 0.5 + _ROUND_TRIP, unit="s"),
    Goal("clips.polls", "questions how far it is, a second of a clip", "≤", 1.0, unit="/s"),
    Goal("clips.shown", "from listed to shown without transfer, median", "≤", 0.6, unit="s"),
    Goal("live.last@1", "from a live view's last media to its video, median", "≤", 1.5, unit="s"),
    Goal("cleanup.max", "longest acknowledgement while old jobs are deleted", "≤", 100.0, unit="ms"),
    Goal("watching.look", "CPU of a warm look for an account's alerts", "≤", 0.5, unit="ms"),
    Goal("watching.rss@10000", "10,000 accounts with alerts, and PORT: memory", "≤", 256.0, unit="MiB"),
    Goal("start.port", "memory when idle, with PORT", "≤", 88.0, unit="MiB"),
    Goal("start.ready", "start to READY, to bare", "≤", 3.5, "bare"),
)


def verdicts(rows: Rows, goals: Iterable[Goal] = GOALS) -> list[Verdict]:
    """Judge every goal for which there is a row."""
    return [_judged(goal, row) for goal in goals if (row := rows.get(goal.key))]


def _judged(goal: Goal, row: Row) -> Verdict:
    limited = tuple(dict.fromkeys(row.limited))
    if goal.to is None:
        return Verdict(goal, row.median("bot"), row.samples.get("bot", ()), limited)
    return Verdict(goal, row.ratio("bot", goal.to), row.ratios("bot", goal.to), limited)
