"""Trust the simulators' throw-away authority before anything imports aiohttp, which reads SSL_CERT_FILE at import."""

import atexit
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bot.demo import tls

_FOLDER = tempfile.TemporaryDirectory(prefix="bot-tests-")
atexit.register(_FOLDER.cleanup)
_AUTHORITY = tls.issue(Path(_FOLDER.name))
os.environ["SSL_CERT_FILE"] = str(_AUTHORITY.trust)

import pytest  # noqa: E402

from tests.support import postgres  # noqa: E402


@pytest.fixture(scope="session")
def authority() -> tls.Authority:
    """The authority that this process trusts; its `trust` file is what another process needs."""
    return _AUTHORITY


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[postgres.Server]:
    """A PostgreSQL server for all tests; whoever needs one skips where it is not installed."""
    with postgres.server() as server:
        yield server
