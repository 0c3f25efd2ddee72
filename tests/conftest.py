"""Set up each process of a test run: its own authority, temporary folder and ports, before anything imports aiohttp."""

import atexit
import gc
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

gc.disable()  # until all is loaded: modules and collected tests are no garbage

from simulators.demo import tls  # noqa: E402
from tests.support import once  # noqa: E402

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
os.environ.setdefault(once.FOLDER, _FOLDER.name)  # the workers', if they are, is that of the process that begins them

import pytest  # noqa: E402
import pytest_asyncio  # noqa: E402
from hypothesis import HealthCheck, settings  # noqa: E402
from xdist.scheduler import LoadScopeScheduling  # noqa: E402
from xdist.workermanage import WorkerController  # noqa: E402

from tests.support import axe as axe_core  # noqa: E402
from tests.support import chromium, postgres, statements, sweeps  # noqa: E402
from tests.support.presets import TEST_PACE  # noqa: E402

statements.share()

# How long an example takes says how much else the machine has to do.
settings.register_profile("tests", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("tests")

_FOLDER_OF_SWEEPS = Path(__file__).parent / "sweeps"
_SWEEPS = str(_FOLDER_OF_SWEEPS)

WORKERS_PER_CORE = 3  # many tests wait; the sweeps, whose bots have to answer in 3 s, follow one another


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Answer `-n auto`."""
    return WORKERS_PER_CORE * len(os.sched_getaffinity(0))


def pytest_collection(session: pytest.Session) -> None:
    """Import the tests, beginning with other ones than the other workers do: each compiles a part for all of them."""
    worker, count = (os.environ.get(f"PYTEST_XDIST_WORKER{name}", "") for name in ("", "_COUNT"))
    if not worker or session.config.args != session.config.getini("testpaths"):
        return
    root = session.config.rootpath
    names = [".".join(path.relative_to(root).with_suffix("").parts) for path in sorted(root.glob("tests/**/test_*.py"))]
    first = len(names) * int(worker.removeprefix("gw")) // int(count)
    for name in (*names[first:], *names[:first]):
        with suppress(Exception, pytest.skip.Exception):  # collecting says so
            import_module(name)


def pytest_collection_finish() -> None:
    """Look for garbage seldom, and never among what is loaded: to do that all the time is a quarter of a run's CPU."""
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
    gc.enable()


def pytest_report_header() -> str:
    return f"sweeps: SWEEP={sweeps.SIZE} SEED={sweeps.SEED}; TEST_PACE={TEST_PACE:g}"


class _ByFile(LoadScopeScheduling):
    """Hand out tests one by one, but together those that share what is dear to make.

    That is a file's own whole run; a browser with its windows; and what Hypothesis reads of all modules before its
    first example. The sweeps follow one another, so that no other one's processes take their time, and begin first.

    xdist's own `loadgroup` marks its groups in an attribute that pytest 9.2 no longer reads.
    """

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return _together(self.config.rootpath / file) or nodeid

    def _assign_work_unit(self, node: WorkerController) -> None:
        if _SWEEPS in self.workqueue:
            self.workqueue.move_to_end(_SWEEPS, last=False)
        super()._assign_work_unit(node)


@cache
def _together(file: Path) -> str | None:
    """Return the name of those with which a file's tests go together, if there are any."""
    if file.parent == _FOLDER_OF_SWEEPS:
        return _SWEEPS
    text = file.read_text("utf-8")
    if "\nfrom playwright" in text:
        return "browser"
    if 'scope="module"' in text:
        return str(file)
    return "hypothesis" if "\nfrom hypothesis" in text else None


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling:
    """Answer xdist, which asks who hands out the tests."""
    return _ByFile(config, log)


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


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[chromium.Chromium]:
    """A headless Chromium for all tests of this process; without one installed they skip."""
    async with chromium.launched() as browser:
        yield browser


@pytest.fixture(scope="session")
def axe() -> str:
    """axe-core's source; without npm's registry the tests skip."""
    return axe_core.fetched()
