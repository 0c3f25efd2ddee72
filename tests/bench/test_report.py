import json
from pathlib import Path
from xml.etree import ElementTree

from bench import report
from bench.goals import verdicts
from bench.numbers import Rows
from bench.plot import svg


def measured() -> Rows:
    rows = Rows()
    rows.add("autocomplete.rate", "names <from> the cache & more", "/s", "bot", 850.0)
    rows.add("autocomplete.rate", "", "", "bare", 1000.0).limited.append("bare: the driver used 99% of its core")
    rows.add("clips.cpu", "CPU of a clip", "ms", "bot", 27.0)
    for count in (1, 10, 100):
        for key in ("p50", "p99", "cpu"):
            rows.add(f"flights.{key}@{count}", f"{count} clips", "ms", "bot", float(count))
    return rows


def test_the_table_says_what_was_measured_what_is_missed_and_what_is_in_doubt() -> None:
    rows = measured()
    table = report.table(rows, verdicts(rows))
    assert "met   names from the cache: highest rate, to bare: × 0.85 (goal ≥ 0.85)" in table  # noqa: RUF001
    assert "MISS  CPU of a clip of ten seconds: 27 ms (goal ≤ 13.5)" in table
    assert "1 of 2 goals met." in table
    assert "in doubt" in table
    assert "the driver used 99%" in table


def test_the_picture_is_well_formed_and_has_a_bar_for_each_goal_and_a_line_for_each_curve() -> None:
    rows = measured()
    picture = ElementTree.fromstring(svg(rows, verdicts(rows)))  # noqa: S314 - our own
    space = "{http://www.w3.org/2000/svg}"
    assert len(picture.findall(f"{space}rect")) == 2
    assert len(picture.findall(f"{space}polyline")) == 3


def test_a_picture_of_nothing_is_well_formed_too() -> None:
    ElementTree.fromstring(svg(Rows(), []))  # noqa: S314 - our own


def test_the_file_is_json_also_where_a_program_was_not_measured(tmp_path: Path) -> None:
    rows = Rows()
    rows.add("autocomplete.rate", "names", "/s", "bot", 850.0)
    report.save(tmp_path / "r.json", report.as_json(rows, verdicts(rows), scale="tiny", apart=True))
    whole = json.loads((tmp_path / "r.json").read_text())
    assert whole["goals"][0]["value"] is None
    assert whole["rows"][0]["samples"] == {"bot": [850.0]}
