"""Set up each process of a test run: its own authority, temporary folder and ports, before anything imports aiohttp."""

import atexit
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bot.demo import tls

# In memory if there is room: SQLite and PostgreSQL wait for the disk at each commit, and no test is about the disk.
_MEMORY = Path("/dev/shm")
_ROOM = 2 * 2**30
if _MEMORY.is_dir() and os.access(_MEMORY, os.W_OK) and shutil.disk_usage(_MEMORY).free > _ROOM:
    tempfile.tempdir = str(_MEMORY)
os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", tempfile.gettempdir())

# aiohttp reads SSL_CERT_FILE when it is imported.
_FOLDER = tempfile.TemporaryDirectory(prefix="bot-tests-")
atexit.register(_FOLDER.cleanup)
_AUTHORITY = tls.issue(Path(_FOLDER.name))
os.environ["SSL_CERT_FILE"] = str(_AUTHORITY.trust)

# The bot finds its videos below the temporary folder: with one for each worker, none finds another's.
_TEMPORARY = Path(_FOLDER.name, "tmp")
_TEMPORARY.mkdir()
Path(_FOLDER.name).chmod(0o711)  # PostgreSQL runs as a user of its own, and has its folder below
_TEMPORARY.chmod(0o711)
os.environ["TMPDIR"] = tempfile.tempdir = str(_TEMPORARY)

import pytest  # noqa: E402

from tests.support import postgres, statements, sweeps  # noqa: E402
from tests.support.presets import TEST_PACE  # noqa: E402

statements.share()

WORKERS_PER_CORE = 2  # most of a test's time is waiting


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Answer `-n auto`."""
    return WORKERS_PER_CORE * len(os.sched_getaffinity(0))


def pytest_report_header() -> str:
    return f"sweeps: SWEEP={sweeps.SIZE} SEED={sweeps.SEED}; TEST_PACE={TEST_PACE:g}"


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep on one worker what shares a module's fixture, and the sweeps of a module: each of them fills a machine."""
    for item in items:
        fixtures = getattr(item, "_fixtureinfo", None)
        shared = fixtures and any(
            one.scope == "module" for found in fixtures.name2fixturedefs.values() for one in found
        )
        if shared or item.get_closest_marker("sweep"):
            item.add_marker(pytest.mark.xdist_group(item.path.stem))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what each sweep met, in a line of its own."""
    reports = [one for key in ("passed", "failed") for one in terminalreporter.stats.get(key, [])]
    if lines := [text for one in reports for name, text in one.user_properties if name == "sweep"]:
        terminalreporter.section(f"sweeps (SWEEP={sweeps.SIZE} SEED={sweeps.SEED})")
        for line in lines:
            terminalreporter.write_line(str(line))


@pytest.fixture(scope="session")
def authority() -> tls.Authority:
    """The authority that this process trusts; its `trust` file is what another process needs."""
    return _AUTHORITY


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[postgres.Server]:
    """A PostgreSQL server for all tests of this process; without one installed they skip."""
    with postgres.server() as server:
        yield server
