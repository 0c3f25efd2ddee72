"""The database: linked accounts, people's choices, clip jobs and alerts, with their secrets sealed.

`bot.store.backup` and `bot.store.copying` save and move it; they are loaded only if they are needed.
"""

from .engine import sqlite_file
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
    NotAFile,
    NotMoved,
    NotWritable,
    StoreError,
    TooManyConnections,
    UnknownVersion,
    WrongKey,
)
from .migrate import Versions, migrate, versions
from .secrets import Keyring
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
    "NotAFile",
    "NotMoved",
    "NotWritable",
    "Store",
    "StoreError",
    "TooManyConnections",
    "UnknownVersion",
    "Versions",
    "WrongKey",
    "migrate",
    "open_store",
    "sqlite_file",
    "versions",
]
