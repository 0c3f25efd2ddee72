"""The limits that `python -m bot` sets itself before it does anything."""

import os
import resource
import subprocess
import sys
from pathlib import Path

SHOW = """
import ctypes, resource, runpy, sys
sys.argv = ["bot", "--help"]
try:
    runpy.run_module("bot", run_name="__main__")
except SystemExit:
    pass
print(ctypes.CDLL(None).prctl(3) if sys.platform == "linux" else 0)  # PR_GET_DUMPABLE
print(*resource.getrlimit(resource.RLIMIT_CORE), *resource.getrlimit(resource.RLIMIT_NOFILE))
"""


def _less() -> None:
    """Take limits as a careless host gives them."""
    _, hard = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))
    resource.setrlimit(resource.RLIMIT_NOFILE, (100, 300))


def test_a_process_shows_nobody_its_memory_and_opens_as_many_files_as_it_may() -> None:
    command = [sys.executable, "-c", SHOW]
    shown = subprocess.run(command, env={**os.environ}, preexec_fn=_less, capture_output=True, text=True, check=True)
    # Linux heeds 1 byte even if a program takes the dumps, and 0 only if they become files.
    dump = "0" if resource.getrlimit(resource.RLIMIT_CORE)[1] == 0 else "1"
    assert shown.stdout.split()[-5:] == ["0", dump, dump, "300", "300"]


def test_systemd_keeps_no_core_dump_and_lets_nobody_else_read_what_the_bot_writes() -> None:
    unit = Path(__file__).parents[2] / "deploy" / "blink-clip-bot.service"
    assert {"LimitCORE=1", "UMask=077"} <= set(unit.read_text().splitlines())
