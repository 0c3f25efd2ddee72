"""Second processes that use a database, told to go by a line."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]


class Worker:
    """A process of tests/unit/store/worker.py that speaks in lines of JSON."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process = process

    def hear(self) -> Any:
        assert self.process.stdout
        line = self.process.stdout.readline()
        assert line, "the process ended"
        return json.loads(line)

    def go(self) -> None:
        assert self.process.stdin
        self.process.stdin.write("\n")
        self.process.stdin.flush()

    def rest(self) -> list[Any]:
        """Kill it, and return what it had said by then."""
        assert self.process.stdout
        self.process.kill()
        return [json.loads(line) for line in self.process.stdout if line.endswith("\n")]


@contextmanager
def worker(what: str, url: str) -> Iterator[Worker]:
    command = [sys.executable, "-m", "tests.unit.store.worker", what, url]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
    ) as process:
        try:
            yield Worker(process)
        finally:
            process.kill()
