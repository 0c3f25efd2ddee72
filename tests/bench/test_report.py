import json
import math
from pathlib import Path

from bench import report
from bench.goals import verdicts
from bench.numbers import Rows


def measured() -> Rows:
    rows = Rows()
    rows.add("autocomplete.rate", "names <from> the cache & more", "/s", "bot", 850.0)
    rows.add("autocomplete.rate", "", "", "bare", 1000.0).limited.append("bare: the driver used 99% of its core")
    for value in (990.0, 1010.0):
        rows.add("clips.p99", "ack p99 of 80 clips", "ms", "bot", value)
    rows.add("clips.told", "from complete to the reply", "s", "bot", 0.9)
    rows.add("clips.shown", "from listed to shown", "s", "bot", math.nan)
    return rows


def test_the_table_says_what_was_measured_what_is_missed_and_what_is_in_doubt() -> None:
    rows = measured()
    table = report.table(rows, verdicts(rows))
    assert "850 (once)" in table
    assert "1,000 (±1%)" in table
    assert "in doubt  names while one types: highest rate, to bare: × 0.85, once (goal ≥ 0.8)" in table  # noqa: RUF001
    assert "in doubt  5 clips a second: ack p99: 1,000 ms, 990 to 1,010 in 2 rounds (goal ≤ 1000)" in table
    assert "MISS      from “complete” to the reply, median: 0.9 s, once (goal ≤ 0.51)" in table
    assert "?         from listed to shown without transfer, median: – s" in table  # noqa: RUF001
    assert "0 of 4 goals met, 2 in doubt." in table
    assert "in doubt  names <from> the cache & more: bare: the driver used 99% of its core" in table


def test_the_file_is_json_also_where_a_program_was_not_measured(tmp_path: Path) -> None:
    rows = Rows()
    rows.add("autocomplete.rate", "names", "/s", "bot", 850.0)
    report.save(tmp_path / "r.json", report.as_json(rows, verdicts(rows), scale="tiny", apart=True))
    whole = json.loads((tmp_path / "r.json").read_text())
    assert whole["goals"][0]["value"] is None
    assert whole["rows"][0]["samples"] == {"bot": [850.0]}
