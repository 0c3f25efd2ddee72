"""Ports for servers that a test starts by number, and the sockets of this process."""

import itertools
import os
import re
import socket
from contextlib import suppress
from pathlib import Path

# Below the range from which the system hands out ports by itself, and apart for each worker of a run.
_FIRST, _EACH, _WORKERS = 20_000, 400, 30
_worker = int(re.sub(r"\D", "", os.environ.get("PYTEST_XDIST_WORKER", "")) or 0)
_base = _FIRST + _worker % _WORKERS * _EACH
_numbers = (_base + (os.getpid() + step) % _EACH for step in itertools.count())


def free_port() -> int:
    """Return a port of this worker that nobody listens on."""
    for port in itertools.islice(_numbers, _EACH):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise OSError("all ports of this worker are taken")


def open_sockets() -> int:
    """Return how many sockets this process has; 0 where the system does not list them."""
    found = 0
    for file in Path("/proc/self/fd").glob("*"):
        with suppress(OSError):  # closed meanwhile
            found += os.readlink(file).startswith("socket:")
    return found
