import asyncio
import json
import os
import sys
from asyncio.subprocess import PIPE
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.support.program import ROOT, descendants

pytestmark = [pytest.mark.sweep, pytest.mark.alone]


async def ran(folder: Path, *arguments: str) -> tuple[int, str, str]:
    """Run the bench as `make bench` does, and see that it leaves no process behind."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench", "--into", str(folder), *arguments, cwd=ROOT, stdout=PIPE, stderr=PIPE
    )
    try:
        async with asyncio.timeout(60):
            out, err = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
    assert descendants(process.pid) == []
    assert process.returncode is not None
    return process.returncode, out.decode(), err.decode()


async def test_a_small_run_measures_both_programs_and_leaves_a_table_a_file_and_a_picture(tmp_path: Path) -> None:
    status, out, err = await ran(tmp_path, "--only", "unlinked", "--tiny")
    assert status == 0, err
    assert "`/clip` of somebody not linked: highest rate, to bare" in out
    whole = json.loads((tmp_path / "results.json").read_text())
    rates = next(row for row in whole["rows"] if row["key"] == "unlinked.rate")
    assert rates["samples"]["bot"][0] > 0
    assert rates["samples"]["bare"][0] > 0
    assert whole["machine"]["apart"] is (len(os.sched_getaffinity(0)) > 1)
    ElementTree.parse(tmp_path / "results.svg")  # noqa: S314 - our own


async def test_a_clip_of_the_bench_is_delivered_by_the_bot_and_by_hand(tmp_path: Path) -> None:
    status, _, err = await ran(tmp_path, "--only", "clips", "--tiny")
    assert status == 0, err
    rows = {row["key"]: row["samples"] for row in json.loads((tmp_path / "results.json").read_text())["rows"]}
    for program in ("bot", "raw"):
        assert rows["clips.blink"][program][0] >= 5
        assert rows["clips.told"][program][0] > 0
    assert rows["clips.blink"]["raw"][0] == pytest.approx(rows["clips.blink"]["bot"][0], rel=0.4)


async def test_a_measure_that_there_is_not_is_refused(tmp_path: Path) -> None:
    status, _, err = await ran(tmp_path, "--only", "everything", "--tiny")
    assert status == 2
    assert "no such measure: everything" in err
