"""Errors of the database and its keys.

The text of each is one sentence for the host of the bot, without a key, a password or a stored value.
"""

from bot.models import StorageUnavailable


class StoreError(Exception):
    """The store cannot do what was asked; the text is a sentence that says why."""


class BadDatabaseUrl(StoreError):
    """DATABASE_URL is not understood."""


class DriverMissing(StoreError):
    """The package that speaks to this kind of database is not installed."""


class BadKeys(StoreError):
    """TOKEN_KEYS cannot be used: no key was given, or one is too short."""


class WrongKey(StoreError):
    """A sealed value does not open: another key sealed it, or it was changed or moved."""


class UnknownVersion(StoreError):
    """The tables have a version that this code does not know: a newer one has changed them."""


class NotMoved(StoreError):
    """A copy, a backup or a restore was not made; the target is as it was."""


class NotAFile(NotMoved):
    """The database is not a file and has its own tools; `address` is its address without the password."""

    def __init__(self, address: str) -> None:
        super().__init__("This database is saved and restored with PostgreSQL's own tools.")
        self.address = address


class DatabaseTrouble(StoreError, StorageUnavailable):
    """The database did not do as asked; it may later. Other rooms catch it as StorageUnavailable."""


class DatabaseLocked(DatabaseTrouble):
    """Another program kept the database locked for too long."""


class DatabaseUnreachable(DatabaseTrouble):
    """The database does not answer."""


class AccessRefused(DatabaseTrouble):
    """The server does not admit this user, or has no database of this name."""


class InsecureConnection(DatabaseTrouble):
    """The TLS that the address asks for cannot be had."""


class TooManyConnections(DatabaseTrouble):
    """The server has no connection left: others hold them all."""


class DiskFull(DatabaseTrouble):
    """The disk of the database is full."""


class NotWritable(DatabaseTrouble):
    """The file or its folder cannot be opened for writing."""


class NotADatabase(DatabaseTrouble):
    """The file is not a SQLite database, or is damaged."""


class Conflict(StoreError):
    """A unique index refused the write."""
