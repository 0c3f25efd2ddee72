"""A real PostgreSQL server of the tests' own, and databases on it that cost a few milliseconds each."""

import asyncio
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
import threading
import time
from base64 import b64encode
from collections.abc import Callable, Coroutine, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any, TypeVar

import asyncpg
import trustme
from sqlalchemy import make_url

from bot.store import migrate

from .once import once
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
_TEMPLATE = "with_tables"
_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version'"
_SHAPE = """
SELECT string_agg(relname || '.' || attname, ' ' ORDER BY relname, attnum) || (SELECT version_num FROM alembic_version)
FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid WHERE relnamespace = 'public'::regnamespace AND attnum > 0
"""
_OTHERS = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
_numbers = itertools.count(1)


class Server:
    """One running server; `folder` also holds its socket."""

    def __init__(self, folder: Path, port: int, control: Callable[..., None]) -> None:
        self.folder = folder
        self.port = port
        self._control = control
        self._shape: str | None = None
        self._open = ExitStack()
        self._kept: dict[str, Postgres] = {}
        self._emptied: list[str] = []
        self._dropped: list[str] = []

    def crash(self) -> None:
        """Let it end as in a power cut: the bot in this loop does nothing meanwhile."""
        self._control("stop", "-m", "immediate")

    async def start(self) -> None:
        """Start it again, and wait until it answers; meanwhile the bot's loop goes on."""
        options = f"-p {self.port} -k {self.folder}"
        await asyncio.to_thread(self._control, "start", "-w", "-l", self.folder / "again.log", "-o", options)

    def url(self, database: str, *, user: str = ADMIN, password: str = PASSWORD, query: str = "") -> str:
        """Return the address of a database on it, over TCP."""
        url = make_url("postgresql://").set(
            username=user, password=password, host="127.0.0.1", port=self.port, database=database
        )
        return url.render_as_string(hide_password=False) + (f"?{query}" if query else "")

    def create(self, *, empty: bool = False) -> str:
        """Return the name of a database without rows, and, if it is `empty`, without tables; no other test uses it."""
        if not empty and self._emptied:
            return self._emptied.pop()
        name, template = f"test_{next(_numbers)}", "template1" if empty else _TEMPLATE

        async def make(connection: Any) -> None:
            while self._dropped:
                await connection.execute(f"DROP DATABASE {self._dropped.pop()} WITH (FORCE)")
            # A copy of the files costs half of what the log of a copy does; older servers know no other way.
            how = "STRATEGY FILE_COPY" if connection.get_server_version() >= (15,) else ""
            await connection.execute(f"CREATE DATABASE {name} TEMPLATE {template} {how}")

        self._connected("postgres", make)
        return name

    def give_back(self, name: str) -> None:
        """Empty a database for the next who wants one, by a connection that knows its tables already.

        Remove it instead if its tables are no longer those of a new one, or if somebody is connected to it still.
        """

        async def empty(connection: Any) -> str | None:
            if await connection.fetchval(_OTHERS):
                return None
            tables = [row["tablename"] for row in await connection.fetch(_TABLES)]
            statements = ["SET lock_timeout = '2s'", "SET session_replication_role = replica"]  # no foreign keys
            statements += [f"DELETE FROM {table}" for table in tables]  # noqa: S608 - they are ours
            await connection.execute("; ".join(statements))
            return await connection.fetchval(_SHAPE)

        if self._shape is None:
            self._shape = self._connected(_TEMPLATE, lambda connection: connection.fetchval(_SHAPE))
        if name not in self._kept:
            self._kept[name] = self._open.enter_context(Postgres(self.url(name)).kept())
        try:
            same = self._kept[name].connected(empty) == self._shape
        except (asyncpg.PostgresError, OSError):
            same = False
        (self._emptied if same else self._dropped).append(name)

    def drop(self, name: str) -> None:
        """Let a database be removed when the next one is made, whoever is connected to it."""
        self._dropped.append(name)

    def close(self) -> None:
        """Close the connections by which databases are emptied."""
        self._open.close()

    def admin(self, statement: str) -> None:
        """Say something to the server itself."""
        Postgres(self.url("postgres")).execute(statement)

    def _connected(self, name: str, work: Callable[[Any], Coroutine[Any, Any, T]]) -> T:
        return Postgres(self.url(name)).connected(work)


class Postgres:
    """One database, looked into and changed from outside."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._loop: asyncio.AbstractEventLoop | None = None
        self._connection: Any = None
        self._turn = threading.Lock()

    @contextmanager
    def kept(self) -> Iterator["Postgres"]:
        """Keep one connection open meanwhile: a new one for each look costs this process and the server 5 ms each."""
        self._loop = asyncio.new_event_loop()
        try:
            yield self
        finally:
            if self._connection:
                self.connected(lambda connection: connection.close())
            self._loop.close()
            self._loop = self._connection = None

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """Return what a query finds; `?` stands for a value."""
        return [tuple(row) for row in self.connected(lambda connection: connection.fetch(_numbered(query), *values))]

    def execute(self, statement: str, *values: Any) -> None:
        """Change it behind the bot's back."""
        self.connected(lambda connection: connection.execute(_numbered(statement), *values))

    def connected(self, work: Callable[[Any], Coroutine[Any, Any, T]]) -> T:
        """Do something with a connection."""

        async def with_kept() -> T:
            if self._connection is None:
                self._connection = await self._connect()
            return await work(self._connection)

        async def with_new() -> T:
            connection = await self._connect()
            try:
                return await work(connection)
            finally:
                await connection.close()

        # Nobody waits for another thread, whose statement may wait for a lock that this one's loop has to release.
        if self._loop is None or not self._turn.acquire(blocking=False):
            return in_thread(with_new)
        try:
            return in_thread(with_kept, run=self._loop.run_until_complete)
        finally:
            self._turn.release()

    async def _connect(self) -> Any:
        url = make_url(self.url)
        return await asyncpg.connect(
            host=url.host, port=url.port, user=url.username, password=url.password, database=url.database,
            ssl=False, command_timeout=60,
        )  # fmt: skip


def _numbered(statement: str) -> str:
    numbers = itertools.count(1)
    return re.sub(r"\?", lambda _: f"${next(numbers)}", statement)


@contextmanager
def server() -> Iterator[Server]:
    """Start a server, and stop it at the end; skips the test where PostgreSQL is not installed."""
    require("postgres")
    folder = Path(tempfile.mkdtemp(prefix="bot-pg-"))  # short: the path of a socket has room for 107 letters
    try:
        subprocess.run(["/bin/cp", "-a", f"{once('postgres', _make)}/.", folder], check=True)
        with _running(folder) as server:
            yield server
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _make(folder: Path) -> None:
    """Make a server's files, among them a database with the bot's tables."""
    folder.mkdir()
    (folder / "password").write_text(_verifier(PASSWORD))
    _give(folder)
    how = ["-U", ADMIN, "--pwfile", folder / "password", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync"]
    _run("initdb", "-D", folder / "data", *how, folder=folder, capture_output=True)
    _configure(folder, folder / "data")
    _give(folder)
    with _running(folder) as server:
        server.admin(f"CREATE DATABASE {_TEMPLATE}")
        in_thread(lambda: migrate(server.url(_TEMPLATE)))


@contextmanager
def _running(folder: Path) -> Iterator[Server]:
    """Run a server with the files in `folder`."""
    data, port = folder / "data", free_port()
    with (folder / "log").open("wb") as log:
        command = [_program("postgres"), "-D", data, "-p", str(port), "-k", folder]
        process = subprocess.Popen(command, stdout=log, stderr=log, cwd=folder, **_its_user())

    def control(*what: Any, check: bool = True) -> None:
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}  # it hands them to the server
        _run("pg_ctl", "-D", data, *what, folder=folder, check=check, **quiet)

    try:
        _wait([_program("pg_isready"), "-q", "-h", folder, "-p", str(port)], process)
        with closing(Server(folder, port, control)) as server:
            yield server
    finally:
        if process.poll() is not None:  # it was started again
            control("stop", "-m", "immediate", check=False)
        process.send_signal(signal.SIGINT)  # at once; a SIGTERM would wait for those who are connected
        process.wait(_START)


def _program(name: str) -> Path:
    return Path(require("postgres")).resolve().with_name(name)


def _its_user() -> dict[str, Any]:
    """Return as whom its programs run, which refuse to run as root."""
    whose = _owner()
    return {"user": whose.pw_uid, "group": whose.pw_gid, "extra_groups": ()} if whose else {}


def _owner() -> "pwd.struct_passwd | None":
    return pwd.getpwnam("postgres") if os.geteuid() == 0 else None


def _run(name: str, *arguments: Any, folder: Path, check: bool = True, **more: Any) -> None:
    subprocess.run([_program(name), *arguments], check=check, cwd=folder, **more, **_its_user())


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


def _give(folder: Path) -> None:
    if whose := _owner():
        for path in (folder, *folder.rglob("*")):
            os.chown(path, whose.pw_uid, whose.pw_gid)


def _wait(is_ready: list[Any], process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + _START
    while subprocess.run(is_ready, check=False).returncode != 0:
        assert process.poll() is None, "PostgreSQL ended: see its log"
        assert time.monotonic() < deadline, "PostgreSQL did not start in time"
        time.sleep(0.05)
