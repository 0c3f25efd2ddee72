"""The printed table, and the file with everything that was measured."""

import json
import math
import os
import platform
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from .goals import Verdict
from .numbers import Row, Rows, spread

TIMES = "×"  # noqa: RUF001 - a multiplication sign
_PROGRAMS = ("bot", "durable", "bare", "raw", "blinkpy")


def table(rows: Rows, judged: Sequence[Verdict]) -> str:
    """Return all that was measured, then every goal with what became of it."""
    return "\n".join([*_measured(rows), "", *_judged(judged), *_doubts(rows)])


def _measured(rows: Rows) -> Iterator[str]:
    width = max((len(one.what) for one in rows), default=10)
    there = [name for name in _PROGRAMS if any(name in one.samples for one in rows)]
    yield f"{'median (spread)':{width}}  {'':6}" + "".join(f"{name:>16}" for name in there) + f"{'bot to it':>12}"
    for one in rows:
        cells = "".join(f"{_cell(one, program):>16}" for program in there)
        yield f"{one.what:{width}}  {one.unit:6}{cells}{_times(one):>12}"


def _cell(row: Row, program: str) -> str:
    if program not in row.samples:
        return ""
    apart = spread(row.samples[program])
    return f"{shown(row.median(program))} ({'once' if math.isnan(apart) else f'±{apart / 2:.0%}'})"


def _times(row: Row) -> str:
    others = [row.ratio("bot", other) for other in _PROGRAMS[1:] if other in row.samples]
    return f"{TIMES} {others[0]:.2f}" if others and not math.isnan(others[0]) else ""


def _judged(judged: Sequence[Verdict]) -> Iterator[str]:
    for one in judged:
        goal = one.goal
        yield f"{mark(one):8}  {goal.what}: {measured(one)}, {_rounds(one)} (goal {goal.most_or_least} {goal.limit:g})"
    found = Counter(mark(one) for one in judged)
    yield f"{found['met']} of {len(judged)} goals met, {found['in doubt']} in doubt."


def _doubts(rows: Rows) -> Iterator[str]:
    """Tell each limit once, of the first row that has it in its measure."""
    told = set[tuple[str, str]]()
    for one in rows:
        for doubt in one.limited:
            place = (one.key.partition(".")[0], doubt)
            if place not in told:
                told.add(place)
                yield f"in doubt  {one.what}: {doubt}"


def mark(one: Verdict) -> str:
    """Return in a word what became of a goal."""
    if not one.measured:
        return "?"
    return "in doubt" if one.in_doubt else "met" if one.met else "MISS"


def _rounds(one: Verdict) -> str:
    if len(one.rounds) < 2:
        return "once"
    return f"{shown(min(one.rounds))} to {shown(max(one.rounds))} in {len(one.rounds)} rounds"


def measured(one: Verdict) -> str:
    """Return what was measured for a goal."""
    return f"{TIMES} {one.value:.2f}" if one.goal.to else f"{shown(one.value)} {one.goal.unit}".strip()


def shown(value: float) -> str:
    """Return a number with three digits that say something."""
    if math.isnan(value):
        return "–"  # noqa: RUF001 - a dash for nothing
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def as_json(rows: Rows, judged: Sequence[Verdict], *, scale: str, apart: bool) -> dict[str, Any]:
    """Return everything for a file."""
    return {
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "scale": scale,
        "machine": {
            "cores": os.cpu_count(),
            "processor": _processor(),
            "python": platform.python_version(),
            "apart": apart,
            "load": os.getloadavg()[0],
        },
        "rows": rows.as_json(),
        "goals": [
            {
                "what": one.goal.what,
                "value": one.value,
                "goal": f"{one.goal.most_or_least} {one.goal.limit:g}",
                "rounds": list(one.rounds),
                "mark": mark(one),
            }
            for one in judged
        ],
    }


def save(path: Path, whole: dict[str, Any]) -> None:
    """Write it; what could not be measured is null."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(_finite(whole), indent=1, ensure_ascii=False, allow_nan=False) + "\n")


def _finite(value: Any) -> Any:
    """Return the same with nothing where JSON has no number."""
    match value:
        case float():
            return value if math.isfinite(value) else None
        case dict():
            return {name: _finite(one) for name, one in value.items()}
        case list():
            return [_finite(one) for one in value]
        case _:
            return value


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    return next((one.partition(":")[2].strip() for one in lines if one.startswith("model name")), platform.machine())
