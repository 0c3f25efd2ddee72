"""The database: linked accounts, people's choices and clip jobs, with their secrets sealed."""

from .engine import sqlite_file
from .errors import (
    BadDatabaseUrl,
    BadKeys,
    Conflict,
    DatabaseLocked,
    DatabaseTrouble,
    DatabaseUnreachable,
    DiskFull,
    DriverMissing,
    NotADatabase,
    NotWritable,
    StoreError,
    UnknownVersion,
    WrongKey,
)
from .migrate import Versions, migrate, versions
from .sealing import Keyring
from .store import Store, open_store

__all__ = [
    "BadDatabaseUrl",
    "BadKeys",
    "Conflict",
    "DatabaseLocked",
    "DatabaseTrouble",
    "DatabaseUnreachable",
    "DiskFull",
    "DriverMissing",
    "Keyring",
    "NotADatabase",
    "NotWritable",
    "Store",
    "StoreError",
    "UnknownVersion",
    "Versions",
    "WrongKey",
    "migrate",
    "open_store",
    "sqlite_file",
    "versions",
]
