import asyncio
import json
import os
import sys
from asyncio.subprocess import PIPE
from pathlib import Path

import pytest

from tests.support.program import ROOT, descendants
from tests.support.programs import require

pytestmark = [pytest.mark.sweep, pytest.mark.alone]


async def ran(folder: Path, *arguments: str) -> tuple[int, str, str]:
    """Run the bench as `make bench` does, and see that it leaves no process behind and that no program logs errors."""
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
    assert " logged " not in err.decode()
    return process.returncode, out.decode(), err.decode()


async def rows_of(folder: Path, measure: str, *more: str) -> dict[str, dict[str, list[float]]]:
    status, _, err = await ran(folder, "--only", measure, "--tiny", *more)
    assert status == 0, err
    return {row["key"]: row["samples"] for row in json.loads((folder / "results.json").read_text())["rows"]}


async def test_a_small_run_measures_both_programs_and_leaves_a_table_and_a_file(tmp_path: Path) -> None:
    status, out, err = await ran(tmp_path, "--only", "unlinked", "--tiny")
    assert status == 0, err
    assert "`/clip` of somebody not linked: highest rate, to bare" in out
    whole = json.loads((tmp_path / "results.json").read_text())
    rates = next(row for row in whole["rows"] if row["key"] == "unlinked.rate")
    assert rates["samples"]["bot"][0] > 0
    assert rates["samples"]["bare"][0] > 0
    assert whole["machine"]["apart"] is (len(os.sched_getaffinity(0)) > 1)


async def test_a_clip_of_the_bench_is_delivered_by_the_bot_by_hand_and_on_blinkpy(tmp_path: Path) -> None:
    rows = await rows_of(tmp_path, "clips")
    for program in ("bot", "raw", "blinkpy"):
        assert rows["clips.blink"][program][0] >= 5
        assert rows["clips.told"][program][0] > 0
    assert rows["clips.blink"]["raw"][0] == pytest.approx(rows["clips.blink"]["bot"][0], rel=0.4)


async def test_acknowledgements_are_measured_beside_a_bot_that_writes_a_row_and_one_that_does_not(
    tmp_path: Path,
) -> None:
    rows = await rows_of(tmp_path, "acks")
    assert all(rows["acks.p99"][program][0] > 0 for program in ("bot", "durable", "bare"))


async def test_40_ms_each_way_are_in_each_acknowledgement(tmp_path: Path) -> None:
    rows = await rows_of(tmp_path, "far")
    assert all(rows["far.p50"][program][0] > 80 for program in ("bot", "durable", "bare"))


async def test_old_jobs_are_deleted_while_acknowledgements_are_measured(tmp_path: Path) -> None:
    rows = await rows_of(tmp_path, "cleanup")
    assert rows["cleanup.left"]["bot"] == [0]
    assert rows["cleanup.max"]["bot"][0] > 0


async def test_the_bot_is_measured_on_postgresql(tmp_path: Path) -> None:
    require("postgres")
    assert (await rows_of(tmp_path, "postgres"))["postgres.p50"]["bot"][0] > 0


async def test_looks_for_alerts_are_counted_with_their_bytes(tmp_path: Path) -> None:
    rows = await rows_of(tmp_path, "watching")
    assert rows["watching.most@300"]["bot"][0] > 0
    assert rows["watching.up"]["bot"][0] > 100


async def test_a_soak_delivers_all_clips(tmp_path: Path) -> None:
    rows = await rows_of(tmp_path, "soak", "--minutes", "0.05")
    assert rows["soak.delivered"]["bot"] == [100]
    assert rows["soak.end"]["bot"][0] > 0


async def test_a_measure_that_there_is_not_is_refused(tmp_path: Path) -> None:
    status, _, err = await ran(tmp_path, "--only", "everything", "--tiny")
    assert status == 2
    assert "no such measure: everything" in err
