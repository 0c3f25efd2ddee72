"""What the numbers are to be, and whether they are."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from .numbers import Rows

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


@dataclass(frozen=True)
class Verdict:
    """A goal, and what was measured: NaN where nothing was."""

    goal: Goal
    value: float

    @property
    def measured(self) -> bool:
        """Whether there is anything to judge."""
        return not math.isnan(self.value)

    @property
    def met(self) -> bool:
        """Whether the goal is reached; never without a measurement."""
        return self.value <= self.goal.limit if self.goal.most_or_least == "≤" else self.value >= self.goal.limit

    @property
    def of_limit(self) -> float:
        """How much of what is allowed is used: more than 1 is a miss, whichever way round the goal is."""
        if self.goal.most_or_least == "≤":
            return self.value / self.goal.limit
        return self.goal.limit / self.value if self.value else math.inf


GOALS = (
    Goal("autocomplete.rate", "names from the cache: highest rate, to bare", "≥", 0.85, "bare"),
    Goal("unlinked.rate", "`/clip` of somebody not linked: highest rate, to bare", "≥", 0.65, "bare"),
    Goal("acks.steady.p50", "ack p50 of clips at half of what can go on, to bare", "≤", 1.25, "bare"),
    Goal("acks.steady.p99", "ack p99 of clips at half of what can go on, to bare", "≤", 1.25, "bare"),
    Goal("acks.burst.p50", "ack p50 of clips at half the rate of strangers, to bare", "≤", 1.25, "bare"),
    Goal("acks.burst.p99", "ack p99 of clips at half the rate of strangers, to bare", "≤", 1.25, "bare"),
    Goal("clips.request", "CPU of a clip with as many requests, to by hand", "≤", 1.3, "raw"),
    Goal("clips.cpu", "CPU of a clip of ten seconds", "≤", 13.5, unit="ms"),
    Goal("clips.told", "from “complete” to the reply, median", "≤", 0.5 + _ROUND_TRIP, unit="s"),
    Goal("clips.polls", "questions how far it is, a second of a clip", "≤", 1.0, unit="/s"),
    Goal("clips.shown", "from listed to shown without transfer, median", "≤", 0.6, unit="s"),
    Goal("flights.delivered@1000", "1,000 clips in flight: delivered", "≥", 100.0, unit="%"),
    Goal("flights.p99@1000", "1,000 clips in flight: ack p99", "≤", 1000.0, unit="ms"),
    Goal("clips.p99", "5 clips a second: ack p99", "≤", 1000.0, unit="ms"),
    Goal("watching.look", "CPU of one look for an account's alerts", "≤", 0.55, unit="ms"),
    Goal("watching.rss@10000", "10,000 accounts with alerts: memory", "≤", 256.0, unit="MiB"),
    Goal("live.last@1", "from a live view's last media to its video, median", "≤", 1.5, unit="s"),
    Goal("start.port", "memory when idle, with PORT", "≤", 96.0, unit="MiB"),
    Goal("start.ready", "start to READY, to bare", "≤", 3.5, "bare"),
)


def verdicts(rows: Rows, goals: Iterable[Goal] = GOALS) -> list[Verdict]:
    """Judge every goal for which there is a row."""
    return [Verdict(goal, _value(rows, goal)) for goal in goals if rows.get(goal.key)]


def _value(rows: Rows, goal: Goal) -> float:
    row = rows.get(goal.key)
    if row is None:
        return math.nan
    if goal.to is None:
        return row.median("bot")
    return row.ratio("bot", goal.to)
