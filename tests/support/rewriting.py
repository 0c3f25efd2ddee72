"""pytest's rewriting of asserts, shared among the workers of a run, each of which collects all modules."""

import importlib.util
import os
from contextlib import suppress
from pathlib import Path

from .once import once


def share(tests: Path, worker: int) -> None:
    """Rewrite a part of all test modules, while other workers rewrite theirs, and wait for them."""
    files = sorted(tests.rglob("test_*.py"))
    parts = len(os.sched_getaffinity(0))
    for number in range(worker, worker + parts):
        part = number % parts
        once(f"rewritten-{part}", lambda done, part=part: _rewrite(tests.parent, files[part::parts], done))


def _rewrite(root: Path, files: list[Path], done: Path) -> None:
    for file in files:
        spec = importlib.util.find_spec(".".join(file.relative_to(root).with_suffix("").parts))
        assert spec
        assert spec.loader
        module = importlib.util.module_from_spec(spec)
        vars(module)["__builtins__"] = {}  # so that its first import fails, and nothing of it runs
        with suppress(ImportError, SyntaxError):  # which collecting says better
            spec.loader.exec_module(module)
    done.touch()
