"""The database: linked accounts, people's choices, clip jobs and alerts, with their secrets sealed."""

from .backup import backup, restore
from .copying import copy_database
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
    "NotAFile",
    "NotMoved",
    "NotWritable",
    "Store",
    "StoreError",
    "TooManyConnections",
    "UnknownVersion",
    "Versions",
    "WrongKey",
    "backup",
    "copy_database",
    "migrate",
    "open_store",
    "restore",
    "sqlite_file",
    "versions",
]
