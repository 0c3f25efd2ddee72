"""The database: linked accounts, people's choices and clip jobs, with their secrets sealed."""

from .errors import (
    AccessRefused,
    BadDatabaseUrl,
    BadKeys,
    Conflict,
    DatabaseLocked,
    DatabaseTrouble,
    DatabaseUnreachable,
    DiskFull,
    DriverMissing,
    InsecureConnection,
    NotADatabase,
    NotWritable,
    StoreError,
    TooManyConnections,
    UnknownVersion,
    WrongKey,
)
from .migrate import Versions, migrate, versions
from .sealing import Keyring
from .store import Store, open_store

__all__ = [
    "AccessRefused",
    "BadDatabaseUrl",
    "BadKeys",
    "Conflict",
    "DatabaseLocked",
    "DatabaseTrouble",
    "DatabaseUnreachable",
    "DiskFull",
    "DriverMissing",
    "InsecureConnection",
    "Keyring",
    "NotADatabase",
    "NotWritable",
    "Store",
    "StoreError",
    "TooManyConnections",
    "UnknownVersion",
    "Versions",
    "WrongKey",
    "migrate",
    "open_store",
    "versions",
]
