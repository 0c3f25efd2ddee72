"""The numbers as a picture: how much of each goal is used, and how far many clips at once go."""

import math
from collections.abc import Sequence
from xml.sax.saxutils import escape

from .goals import Verdict
from .numbers import Rows
from .report import measured

_WIDTH, _LABELS, _BAR, _LINE = 860, 430, 300, 22
_MOST = 3.0  # times a goal, where bars end
_GREEN, _RED, _GREY = "#2f855a", "#c05621", "#718096"
_CURVES = (
    ("p50", "ack p50, ms", "#2b6cb0"),
    ("p99", "ack p99, ms", "#c05621"),
    ("cpu", "CPU of a clip, ms", "#2f855a"),
)
_PLOT = 200


def svg(rows: Rows, judged: Sequence[Verdict]) -> str:
    """Return a picture that reads on white and on black."""
    bars = [one for one in judged if one.measured]
    height = 60 + len(bars) * _LINE
    curves = _curves(rows, height + 30)
    whole = height + (_PLOT + 90 if curves else 0)
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {whole}" font-family="sans-serif" '
            f'font-size="13" fill="{_GREY}">',
            '<text x="10" y="20" font-weight="bold">How much of each goal is used (the line is all of it)</text>',
            *(part for index, one in enumerate(bars) for part in _bar(one, 40 + index * _LINE)),
            _rule(_LABELS + _BAR / _MOST, 32, height - 14),
            *curves,
            "</svg>",
            "",
        ]
    )


def _bar(one: Verdict, top: int) -> list[str]:
    length = _BAR * min(one.of_limit, _MOST) / _MOST
    value = measured(one)
    goal = f"{one.goal.most_or_least} {one.goal.limit:g}"
    return [
        f'<text x="{_LABELS - 8}" y="{top + 12}" text-anchor="end">{escape(one.goal.what)}</text>',
        f'<rect x="{_LABELS}" y="{top}" width="{length:.1f}" height="15" fill="{_GREEN if one.met else _RED}"/>',
        f'<text x="{_LABELS + length + 6:.1f}" y="{top + 12}">{escape(f"{value} ({goal})")}</text>',
    ]


def _rule(x: float, top: float, bottom: float) -> str:
    return f'<line x1="{x:.1f}" y1="{top}" x2="{x:.1f}" y2="{bottom}" stroke="{_GREY}" stroke-dasharray="4 3"/>'


def _curves(rows: Rows, top: int) -> list[str]:
    lines = {key: _points(rows, key) for key, _, _ in _CURVES}
    counts = sorted({count for points in lines.values() for count, _ in points})
    values = [value for points in lines.values() for _, value in points]
    if len(counts) < 2:
        return []
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)) + 1e-9)

    def at(count: int, value: float) -> tuple[float, float]:
        along = math.log10(count / counts[0]) / math.log10(counts[-1] / counts[0])
        return 80 + along * 560, top + 20 + _PLOT * (high - math.log10(value)) / (high - low)

    parts = [f'<text x="10" y="{top}" font-weight="bold">One process, by clips in flight at once</text>']
    for power in range(low, high + 1):
        x, y = at(counts[0], 10.0**power)
        parts.append(f'<line x1="{x}" y1="{y:.1f}" x2="{x + 560}" y2="{y:.1f}" stroke="{_GREY}" stroke-opacity="0.3"/>')
        parts.append(f'<text x="{x - 8}" y="{y + 4:.1f}" text-anchor="end">{10.0**power:g}</text>')
    parts += [
        f'<text x="{at(count, 10.0**low)[0]:.1f}" y="{top + _PLOT + 40}" text-anchor="middle">{count:,}</text>'
        for count in counts
    ]
    for index, (key, name, colour) in enumerate(_CURVES):
        spots = " ".join(f"{x:.1f},{y:.1f}" for x, y in (at(*point) for point in lines[key]))
        parts.append(f'<polyline points="{spots}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts.append(f'<text x="660" y="{top + 40 + index * _LINE}" fill="{colour}">{escape(name)}</text>')
    return parts


def _points(rows: Rows, key: str) -> list[tuple[int, float]]:
    found = [(one.key.partition("@")[2], one.median("bot")) for one in rows if one.key.startswith(f"flights.{key}@")]
    return sorted((int(count), value) for count, value in found if value > 0)
