"""A real PostgreSQL server of the tests' own, and databases on it that cost a few milliseconds each."""

import hashlib
import hmac
import itertools
import os
import pwd
import re
import shutil
import signal
import subprocess
import tempfile
import time
from base64 import b64encode
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import asyncpg
import trustme
from sqlalchemy import make_url

from bot.store import migrate

from .ports import free_port
from .programs import require
from .waiting import in_thread

T = TypeVar("T")

ADMIN = "postgres"
PASSWORD = "a password/of the tests: 100%"  # with letters that an address has to escape
_START = 30.0
_SETTINGS = """
listen_addresses = '127.0.0.1'
max_connections = 60
fsync = off
synchronous_commit = off
full_page_writes = off
wal_level = minimal
max_wal_senders = 0
autovacuum = off
shared_buffers = 32MB
ssl = on
ssl_cert_file = 'server.crt'
ssl_key_file = 'server.key'
"""
# Over TCP everybody needs a password, and the user "tls" needs TLS, as Heroku's do.
_ACCESS = """
local all all trust
hostssl all tls 127.0.0.1/32 scram-sha-256
hostnossl all tls 127.0.0.1/32 reject
host all all 127.0.0.1/32 scram-sha-256
"""
_numbers = itertools.count(1)


class Server:
    """One running server; `folder` also holds its socket."""

    def __init__(self, folder: Path, port: int, control: Callable[..., None]) -> None:
        self.folder = folder
        self.port = port
        self._control = control
        self._template: str | None = None
        self._dropped: list[str] = []

    def crash(self) -> None:
        """Let it end as in a power cut."""
        self._control("stop", "-m", "immediate")

    def start(self) -> None:
        """Start it again, and wait until it answers."""
        self._control("start", "-w", "-l", self.folder / "again.log", "-o", f"-p {self.port} -k {self.folder}")

    def url(self, database: str, *, user: str = ADMIN, password: str = PASSWORD, query: str = "") -> str:
        """Return the address of a database on it, over TCP."""
        url = make_url("postgresql://").set(
            username=user, password=password, host="127.0.0.1", port=self.port, database=database
        )
        return url.render_as_string(hide_password=False) + (f"?{query}" if query else "")

    def create(self, *, empty: bool = False) -> str:
        """Make a new database, migrated unless `empty`, and return its name."""
        if not empty and self._template is None:
            self._template = self.create(empty=True)
            in_thread(lambda: migrate(self.url(str(self._template))))
        name, template = f"test_{next(_numbers)}", "template1" if empty else self._template

        async def make(connection: Any) -> None:
            while self._dropped:
                await connection.execute(f"DROP DATABASE {self._dropped.pop()} WITH (FORCE)")
            # A copy of the files costs half of what the log of a copy does; older servers know no other way.
            how = "STRATEGY FILE_COPY" if connection.get_server_version() >= (15,) else ""
            await connection.execute(f"CREATE DATABASE {name} TEMPLATE {template} {how}")

        Postgres(self.url("postgres")).connected(make)
        return name

    def drop(self, name: str) -> None:
        """Let a database be removed when the next one is made, whoever is connected to it."""
        self._dropped.append(name)

    def admin(self, statement: str) -> None:
        """Say something to the server itself."""
        Postgres(self.url("postgres")).execute(statement)


class Postgres:
    """One database, looked into and changed from outside."""

    def __init__(self, url: str) -> None:
        self.url = url

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """Return what a query finds; `?` stands for a value."""
        return [tuple(row) for row in self.connected(lambda connection: connection.fetch(_numbered(query), *values))]

    def execute(self, statement: str, *values: Any) -> None:
        """Change it behind the bot's back."""
        self.connected(lambda connection: connection.execute(_numbered(statement), *values))

    def connected(self, work: Callable[[Any], Coroutine[Any, Any, T]]) -> T:
        """Do something with a new connection."""
        url = make_url(self.url)

        async def connect() -> T:
            connection = await asyncpg.connect(
                host=url.host, port=url.port, user=url.username, password=url.password, database=url.database,
                ssl=False, command_timeout=10,
            )  # fmt: skip
            try:
                return await work(connection)
            finally:
                await connection.close()

        return in_thread(connect)


def _numbered(statement: str) -> str:
    numbers = itertools.count(1)
    return re.sub(r"\?", lambda _: f"${next(numbers)}", statement)


@contextmanager
def server() -> Iterator[Server]:
    """Start a server, and stop it at the end; skips the test where PostgreSQL is not installed."""
    programs = Path(require("postgres")).resolve().parent
    whose = pwd.getpwnam("postgres") if os.geteuid() == 0 else None  # it refuses to run as root
    run_as = {"user": whose.pw_uid, "group": whose.pw_gid, "extra_groups": ()} if whose else {}
    folder = Path(tempfile.mkdtemp(prefix="bot-pg-"))  # short: the path of a socket has room for 107 letters
    try:
        data, port = folder / "data", free_port()
        (folder / "password").write_text(_verifier(PASSWORD))
        _give(folder, whose)
        how = ["-U", ADMIN, "--pwfile", folder / "password", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync"]
        subprocess.run([programs / "initdb", "-D", data, *how], check=True, capture_output=True, cwd=folder, **run_as)
        _configure(folder, data)
        _give(folder, whose)
        with (folder / "log").open("wb") as log:
            command = [programs / "postgres", "-D", data, "-p", str(port), "-k", folder]
            process = subprocess.Popen(command, stdout=log, stderr=log, cwd=folder, **run_as)

        def control(*what: Any, check: bool = True) -> None:
            quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}  # it hands them to the server
            subprocess.run([programs / "pg_ctl", "-D", data, *what], check=check, cwd=folder, **quiet, **run_as)

        try:
            _wait([programs / "pg_isready", "-q", "-h", folder, "-p", str(port)], process)
            yield Server(folder, port, control)
        finally:
            if process.poll() is not None:  # it was started again
                control("stop", "-m", "immediate", check=False)
            process.send_signal(signal.SIGINT)  # at once; a SIGTERM would wait for those who are connected
            process.wait(_START)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _verifier(password: str) -> str:
    """Return what a server keeps of a password (RFC 5803), of one round: 4096 cost a client 3 ms at each connection."""
    salt = os.urandom(16)
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, 1)
    client, ours = (hmac.digest(salted, key, "sha256") for key in (b"Client Key", b"Server Key"))
    salt64, stored64, server64 = (b64encode(part).decode() for part in (salt, hashlib.sha256(client).digest(), ours))
    return f"SCRAM-SHA-256$1:{salt64}${stored64}:{server64}"


def _configure(folder: Path, data: Path) -> None:
    with (data / "postgresql.conf").open("a") as settings:
        settings.write(_SETTINGS)
    (data / "pg_hba.conf").write_text(_ACCESS)
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(folder / "authority.pem"))
    certificate = authority.issue_cert("localhost")  # and not 127.0.0.1
    certificate.private_key_pem.write_to_path(str(data / "server.key"))
    (data / "server.key").chmod(0o600)
    (data / "server.crt").write_bytes(b"".join(blob.bytes() for blob in certificate.cert_chain_pems))


def _give(folder: Path, whose: "pwd.struct_passwd | None") -> None:
    if whose is not None:
        for path in (folder, *folder.rglob("*")):
            os.chown(path, whose.pw_uid, whose.pw_gid)


def _wait(is_ready: list[Any], process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + _START
    while subprocess.run(is_ready, check=False).returncode != 0:
        assert process.poll() is None, "PostgreSQL ended: see its log"
        assert time.monotonic() < deadline, "PostgreSQL did not start in time"
        time.sleep(0.05)
