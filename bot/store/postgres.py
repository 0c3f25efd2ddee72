"""PostgreSQL: its address read as libpq does, TLS, its transactions, and the meaning of its errors."""

import logging
import os
import ssl
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from sqlalchemy import URL, event
from sqlalchemy.exc import DBAPIError, InvalidatePoolError

from .errors import (
    AccessRefused,
    BadDatabaseUrl,
    DatabaseLocked,
    DatabaseTrouble,
    DatabaseUnreachable,
    DiskFull,
    DriverMissing,
    InsecureConnection,
    NotWritable,
    TooManyConnections,
)

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncEngine

_log = logging.getLogger(__name__)

PATIENCE = 15.0  # seconds that a whole transaction may take; they take milliseconds
_CONNECT_TIMEOUT = 10.0
_CONNECTIONS = 8  # small servers allow 20, of which 3 are reserved, and two processes overlap at every deploy
_RECYCLE = 1800.0  # seconds; some proxies silently drop an older connection

_MODES = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")
_FILES = ("sslrootcert", "sslcert", "sslkey", "sslcrl")
# The parameters of an address that asyncpg reads (https://github.com/MagicStack/asyncpg, connect_utils.py). It sends
# every other one to the server as a setting, and the server refuses the connection if it does not know that.
_DRIVERS_OWN = frozenset(
    {"host", "port", "dbname", "user", "password", "passfile", "target_session_attrs", "sslmode", "sslpassword"}
    | {"sslnegotiation", "ssl_min_protocol_version", "ssl_max_protocol_version", *_FILES}
)
_SERVERS_OWN = frozenset({"application_name", "options"})
_OURS = frozenset({"connect_timeout", "pgbouncer"})  # no statement stays prepared, so a pooler needs no option

# By SQLSTATE, or its first two or three characters (https://www.postgresql.org/docs/current/errcodes-appendix.html).
_STATES: dict[str, tuple[type[DatabaseTrouble], str]] = {
    "08": (DatabaseUnreachable, "has closed the connection"),
    "22": (DatabaseTrouble, "was given a value that it cannot hold"),
    "25006": (NotWritable, "is read-only: it may be a replica, or over the limit of its plan"),
    "28P01": (AccessRefused, "does not accept the user or password in DATABASE_URL"),
    "28": (AccessRefused, "does not admit the user in DATABASE_URL"),
    "3D000": (AccessRefused, "does not exist: create it, or check the name in DATABASE_URL"),
    "40": (DatabaseLocked, "was changed by somebody else at the same moment; try again"),
    "42501": (AccessRefused, "does not let the user in DATABASE_URL do this: it needs to own its tables"),
    "53100": (DiskFull, "cannot grow: its disk is full"),
    "53300": (TooManyConnections, "has no connection left: end other programs, or raise its limit"),
    "55P03": (DatabaseLocked, "is locked by another program"),
    "57014": (DatabaseUnreachable, "did not answer in time"),
    "57P": (DatabaseUnreachable, "is starting, stopping or being moved"),
}


# The server's text says which user was refused and whether TLS was missing, or which parameter a pooler refuses.
_TOLD_BY_THE_SERVER = frozenset({"28000", "08P01"})


def create(address: Callable[[], URL]) -> "AsyncEngine":
    """Return an engine that calls `address` at each connection, since hosts change passwords; raises DriverMissing."""
    try:
        import asyncpg  # pyright: ignore[reportMissingTypeStubs]
        from sqlalchemy.ext.asyncio import create_async_engine  # which loads SQLAlchemy's ORM
    except ModuleNotFoundError as error:
        raise DriverMissing("PostgreSQL needs the package asyncpg, which is not installed.") from error
    driver: Any = asyncpg

    async def connect() -> Any:
        arguments = connection_arguments(address())
        try:
            return await driver.connect(**arguments)
        except (driver.ClientConfigurationError, UnicodeError) as error:
            # `from None`: the text that could not be read may be the password.
            raise BadDatabaseUrl(f"DATABASE_URL is not understood ({type(error).__name__}).") from None

    engine = create_async_engine(
        "postgresql+asyncpg://",
        hide_parameters=True,
        pool_size=_CONNECTIONS,
        max_overflow=0,  # one that overflows is closed after its transaction, and opening one takes longer than that
        pool_timeout=_CONNECT_TIMEOUT,
        pool_recycle=_RECYCLE,
        # No statement stays prepared: behind a pooler (PgBouncer) the next transaction may use another server
        # connection, which does not know the statement or has another one of that name.
        connect_args={"async_creator_fn": connect, "prepared_statement_cache_size": 0},
    )
    event.listen(engine.sync_engine, "checkout", _try)
    return engine


def _try(connection: Any, *_: object) -> None:
    """Try a connection before it is used; raises InvalidatePoolError if it is dead, so that the pool opens others.

    A simple query is one round trip. SQLAlchemy's `pool_pre_ping` prepares a statement in a transaction of its own,
    which is as much as all that most of our transactions do.
    """
    try:
        connection.run_async(_ask)
    except Exception as error:
        raise InvalidatePoolError from error


async def _ask(driver: Any) -> None:
    await driver.execute("SELECT 1")


def writes(*, lock_timeout: float) -> str:
    """Return the SQL with which a transaction that writes begins; `lock_timeout` is in seconds."""
    # For this transaction only, because a pooler refuses settings at connect. The last one frees the locks of a
    # machine that vanishes during a transaction.
    seconds = {"lock_timeout": lock_timeout, "idle_in_transaction_session_timeout": PATIENCE}
    return "SELECT " + ", ".join(f"set_config('{key}', '{of * 1000:.0f}ms', true)" for key, of in seconds.items())


def without_password(url: URL) -> str:
    """Return the address without its password and without parameters that PostgreSQL's own tools would refuse."""
    known = (_DRIVERS_OWN | _SERVERS_OWN) - {"password", "sslpassword"}
    query = {key: value for key, value in url.query.items() if key in known}
    bare = URL.create("postgresql", url.username, None, url.host, url.port, url.database, query)
    return bare.render_as_string(hide_password=False)


def note_unknown(url: URL) -> None:
    """Log the names of the parameters of an address that are ignored."""
    if unknown := sorted(url.query.keys() - _DRIVERS_OWN - _SERVERS_OWN - _OURS):
        _log.warning("DATABASE_URL: what it says of %s is not understood and left out", ", ".join(unknown))


def connection_arguments(url: URL) -> dict[str, Any]:
    """Return the arguments of asyncpg's connect() for an address; raises BadDatabaseUrl."""
    query = {key: value if isinstance(value, str) else value[-1] for key, value in url.query.items()}
    parameters = {key: value for key, value in query.items() if key in _DRIVERS_OWN}
    arguments: dict[str, Any] = {
        "host": url.host,
        "port": url.port,
        "user": url.username,
        "password": url.password,
        "database": url.database,
        "timeout": _connect_timeout(query.get("connect_timeout")),
        "statement_cache_size": 0,
        "server_settings": {"application_name": "blink-clip-bot"}
        | {key: value for key, value in query.items() if key in _SERVERS_OWN},
    }
    mode, authority = parameters.get("sslmode"), parameters.get("sslrootcert")
    if mode is not None and mode not in _MODES:
        raise BadDatabaseUrl(f"DATABASE_URL has an sslmode that is not known; it should be one of {', '.join(_MODES)}.")
    if authority == "system" or (authority is None and mode in ("verify-ca", "verify-full")):
        # asyncpg knows no "system", and looks only for a file in the home folder if none is named. An authority that
        # signs for everybody proves nothing without the host's name, so libpq requires verify-full with it too.
        parameters.pop("sslrootcert", None)
        arguments["ssl"] = True
    for key in _FILES:
        if key in parameters and not os.access(parameters[key], os.R_OK):
            raise BadDatabaseUrl(f"DATABASE_URL names a file as {key} that cannot be read: {parameters[key]}.")
    if parameters:
        arguments["dsn"] = f"postgresql://?{urlencode(parameters)}"
    return {key: value for key, value in arguments.items() if value is not None}


def _connect_timeout(given: str | None) -> float:
    """Return the seconds that connecting may take; 0 means the default, as for libpq."""
    try:
        return min(float(given or 0), PATIENCE) or _CONNECT_TIMEOUT
    except ValueError:
        return _CONNECT_TIMEOUT


def trouble(name: str, error: DBAPIError) -> DatabaseTrouble:
    """Return our error for one of PostgreSQL's, or of its driver's."""
    state: str = getattr(error.orig, "sqlstate", None) or ""
    for key in (state, state[:3], state[:2]):
        if key in _STATES:
            kind, words = _STATES[key]
            detail = f" ({first_line(error.orig)})" if state in _TOLD_BY_THE_SERVER and error.orig else ""
            return kind(f"The database {name} {words}{detail}.")
    if error.connection_invalidated:
        return DatabaseUnreachable(f"The database {name} has closed the connection.")
    return DatabaseTrouble(f"The database {name} failed: {first_line(error.orig or error)}.")


def unreachable(name: str, error: OSError) -> DatabaseTrouble:
    """Return our error for a connection that could not be made."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return InsecureConnection(
            f"The database {name} shows a certificate that cannot be verified ({error.verify_message}): name its"
            " authority's file as sslrootcert in DATABASE_URL, or trust any with sslmode=require."
        )
    if isinstance(error, ssl.SSLError):
        return InsecureConnection(f"The database {name} does not agree on TLS ({error.reason or 'no reason given'}).")
    if "rejected SSL upgrade" in str(error):
        return InsecureConnection(f"The database {name} offers no TLS, which the sslmode in DATABASE_URL asks for.")
    if isinstance(error, PermissionError) and error.filename is not None:
        # The driver looks for certificates there even if it needs none (https://github.com/MagicStack/asyncpg/issues/910).
        return DatabaseTrouble(
            f"The database {name} cannot be opened: {error.filename} may not be looked for, so set HOME to a folder"
            " that the bot can read."
        )
    if isinstance(error, TimeoutError):
        return DatabaseUnreachable(f"The database {name} did not answer in time.")
    return DatabaseUnreachable(f"The database {name} cannot be reached: {first_line(error)}.")


def first_line(error: BaseException) -> str:
    """Return the first line of an error; PostgreSQL quotes values in the others."""
    return (str(error).splitlines() or [type(error).__name__])[0].rstrip(".")
