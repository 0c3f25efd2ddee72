"""A PostgreSQL server of the bench's own, with the settings that it comes with."""

import asyncio
import glob
import os
import pwd
import shutil
import signal
import socket
import tempfile
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from .errors import Broken

_DEBIAN = "/usr/lib/postgresql/*/bin"  # it keeps every version apart, and out of PATH
_START, _LOOK = 30.0, 0.05


@asynccontextmanager
async def postgres() -> AsyncGenerator[str]:
    """Run it while the context is open, and return a database's address; raises Broken if it is not installed."""
    programs, folder = _programs(), Path(tempfile.mkdtemp(prefix="bench-pg-"))
    run_as: dict[str, Any] = {"cwd": folder}
    if os.geteuid() == 0:  # it refuses to run as root
        whose = pwd.getpwnam("postgres")
        run_as |= {"user": whose.pw_uid, "group": whose.pw_gid, "extra_groups": ()}
        os.chown(folder, whose.pw_uid, whose.pw_gid)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    try:
        await _done(programs / "initdb", "-D", folder / "data", "-U", "postgres", "-A", "trust", **run_as)
        where = ["-D", folder / "data", "-k", folder, "-h", "127.0.0.1", "-p", port]
        server = await asyncio.create_subprocess_exec(programs / "postgres", *where, stderr=DEVNULL, **run_as)
        try:
            async with asyncio.timeout(_START):
                while await _status(programs / "pg_isready", "-q", "-h", "127.0.0.1", "-p", port):  # noqa: ASYNC110
                    await asyncio.sleep(_LOOK)
            yield f"postgresql://postgres@127.0.0.1:{port}/postgres?sslmode=disable"
        finally:
            server.send_signal(signal.SIGINT)  # at once; a SIGTERM would wait for those who are connected
            await server.wait()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _programs() -> Path:
    places = [os.environ.get("PATH", os.defpath), *sorted(glob.glob(_DEBIAN), reverse=True)]
    found = shutil.which("postgres", path=os.pathsep.join(places))
    if found is None:
        raise Broken("PostgreSQL is not installed")
    return Path(found).resolve().parent


async def _done(*command: str | Path, **run_as: Any) -> None:
    process = await asyncio.create_subprocess_exec(*command, stdout=DEVNULL, stderr=PIPE, **run_as)
    _, errors = await process.communicate()
    if process.returncode:
        raise Broken(f"{command[0]}: {errors.decode(errors='replace')}")


async def _status(*command: str | Path) -> int:
    process = await asyncio.create_subprocess_exec(*command)
    return await process.wait()
