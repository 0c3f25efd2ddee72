import asyncio
import json
import os
import sys
from asyncio.subprocess import PIPE
from pathlib import Path

import pytest

from tests.support import sweeps
from tests.support.program import ROOT, descendants
from tests.support.programs import require

Rows = dict[str, dict[str, list[float]]]

pytestmark = pytest.mark.sweep


async def ran(folder: Path, *arguments: str) -> tuple[int, str, str]:
    """Run the bench as `make bench` does, and see that it leaves no process behind and that no program logs errors."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench", "--into", str(folder), *arguments, cwd=ROOT, stdout=PIPE, stderr=PIPE
    )
    try:
        async with asyncio.timeout(240):
            out, err = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
    assert descendants(process.pid) == []
    assert process.returncode is not None
    assert " logged " not in err.decode()
    return process.returncode, out.decode(), err.decode()


def acks(rows: Rows) -> None:
    """Acknowledgements are measured beside a bot that writes a row and one that does not."""
    assert all(rows["acks.p99"][program][0] > 0 for program in ("bot", "durable", "bare"))


def cleanup(rows: Rows) -> None:
    """Old jobs are deleted while acknowledgements are measured."""
    assert rows["cleanup.left"]["bot"] == [0]
    assert rows["cleanup.max"]["bot"][0] > 0


def clips(rows: Rows) -> None:
    """A clip is delivered by the bot, by hand and on blinkpy."""
    for program in ("bot", "raw", "blinkpy"):
        assert rows["clips.blink"][program][0] >= 5
        assert rows["clips.told"][program][0] > 0
    assert rows["clips.blink"]["raw"][0] == pytest.approx(rows["clips.blink"]["bot"][0], rel=0.4)


def far(rows: Rows) -> None:
    """40 ms each way are in each acknowledgement."""
    assert all(rows["far.p50"][program][0] > 80 for program in ("bot", "durable", "bare"))


def postgres(rows: Rows) -> None:
    assert rows["postgres.p50"]["bot"][0] > 0


def soak(rows: Rows) -> None:
    assert rows["soak.delivered"]["bot"] == [100]
    assert rows["soak.end"]["bot"][0] > 0


def unlinked(rows: Rows) -> None:
    assert all(rows["unlinked.rate"][program][0] > 0 for program in ("bot", "bare"))


def watching(rows: Rows) -> None:
    """Looks for alerts are counted with their bytes."""
    assert rows["watching.most@300"]["bot"][0] > 0
    assert rows["watching.up"]["bot"][0] > 100


CHECKS = {check.__name__: check for check in (acks, cleanup, clips, far, postgres, soak, unlinked, watching)}


@pytest.mark.parametrize("measure", sweeps.some(list(CHECKS), 2))
async def test_a_small_run_measures_and_leaves_a_table_and_a_file(tmp_path: Path, measure: str) -> None:
    if measure == "postgres":
        require("postgres")
    more = ("--minutes", "0.05") if measure == "soak" else ()
    status, out, err = await ran(tmp_path, "--only", measure, "--tiny", *more)
    assert status == 0, err
    whole = json.loads((tmp_path / "results.json").read_text())
    assert whole["machine"]["apart"] is (len(os.sched_getaffinity(0)) > 1)
    assert all(one["what"] in out for one in (*whole["rows"], *whole["goals"]))
    CHECKS[measure]({row["key"]: row["samples"] for row in whole["rows"]})


async def test_a_measure_that_there_is_not_is_refused(tmp_path: Path) -> None:
    status, _, err = await ran(tmp_path, "--only", "everything", "--tiny")
    assert status == 2
    assert "no such measure: everything" in err
