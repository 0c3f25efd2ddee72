"""The database: linked accounts, people's choices, clip jobs and alerts, with their secrets sealed.

`bot.store.backup` and `bot.store.copying` save and move it; they are loaded only if they are needed.
"""

from .accounts import AccountStore
from .engine import sqlite_file
from .errors import NotAFile, StoreError, WrongKey
from .jobs import JobStore
from .migrate import migrate, versions
from .people import InvitationStore, PeopleStore, UntoldStore
from .secrets import Keyring
from .shares import ShareStore
from .store import AlertStore, Store, open_store

__all__ = [
    "AccountStore",
    "AlertStore",
    "InvitationStore",
    "JobStore",
    "Keyring",
    "NotAFile",
    "PeopleStore",
    "ShareStore",
    "Store",
    "StoreError",
    "UntoldStore",
    "WrongKey",
    "migrate",
    "open_store",
    "sqlite_file",
    "versions",
]
