"""The database: linked accounts, people's choices, clip jobs and alerts, with their secrets sealed.

`bot.store.backup` and `bot.store.copying` save and move it; they are loaded only if they are needed.
"""

from .accounts import AccountStore
from .engine import sqlite_file
from .errors import (
    AccessRefused,
    BadDatabaseUrl,
    BadKeys,
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
from .jobs import JobStore
from .migrate import Versions, migrate, versions
from .people import InvitationStore, PeopleStore, UntoldStore
from .secrets import Keyring
from .shares import ShareStore
from .store import AlertStore, Store, open_store

__all__ = [
    "AccessRefused",
    "AccountStore",
    "AlertStore",
    "BadDatabaseUrl",
    "BadKeys",
    "DatabaseLocked",
    "DatabaseTrouble",
    "DatabaseUnreachable",
    "DiskFull",
    "DriverMissing",
    "InsecureConnection",
    "InvitationStore",
    "JobStore",
    "Keyring",
    "NotADatabase",
    "NotAFile",
    "NotMoved",
    "NotWritable",
    "PeopleStore",
    "ShareStore",
    "Store",
    "StoreError",
    "TooManyConnections",
    "UnknownVersion",
    "UntoldStore",
    "Versions",
    "WrongKey",
    "migrate",
    "open_store",
    "sqlite_file",
    "versions",
]
