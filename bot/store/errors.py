"""What can be wrong with the database or its keys.

The text of each error is one sentence for whoever runs the bot; none carries a key, a password or a stored value.

StoreError
├── BadDatabaseUrl         DATABASE_URL is of no form that we know
├── DriverMissing          the database it names needs a package that is not installed
├── BadKeys                no key was given, or one is too short
├── WrongKey               a sealed value opens with none of the keys, or was moved from another place
├── UnknownVersion         a newer version of the bot has changed the tables
├── NotMoved               a copy, a backup or a restore was not made, and nothing was changed
│   └── NotAFile           the database has tools of its own for that
├── Conflict               a unique rule stands against the write
└── DatabaseTrouble        the database did not do as asked; other rooms know it as clips.StoreAway
    ├── DatabaseLocked     another program keeps it locked
    ├── DatabaseUnreachable  it does not answer
    ├── AccessRefused      it does not admit this user, or has no database of this name
    ├── InsecureConnection the TLS that was asked for cannot be had
    ├── TooManyConnections others hold every connection it has
    ├── DiskFull           there is no room left
    ├── NotWritable        the file or its folder cannot be opened or written
    └── NotADatabase       the file is something else, or damaged
"""

from bot.models import StorageUnavailable


class StoreError(Exception):
    """The store cannot do what was asked; the text says why in one sentence."""


class BadDatabaseUrl(StoreError):
    """The setting is of no form that we know."""


class DriverMissing(StoreError):
    """The package that speaks to this kind of database is not installed."""


class BadKeys(StoreError):
    """The keys to seal with cannot be used."""


class WrongKey(StoreError):
    """A sealed value does not open here: another key sealed it, or it was changed or moved."""


class UnknownVersion(StoreError):
    """The tables are of a version that this code does not know."""


class NotMoved(StoreError):
    """A copy, a backup or a restore was not made; the target is as it was."""


class NotAFile(NotMoved):
    """The database is no file, so that its own tools save it; `address` is where it is, without the password."""

    def __init__(self, address: str) -> None:
        super().__init__("This database is saved and restored with PostgreSQL's own tools.")
        self.address = address


class DatabaseTrouble(StoreError, StorageUnavailable):
    """The database did not do as asked; it may later."""


class DatabaseLocked(DatabaseTrouble):
    """Another program kept the database locked for longer than we wait."""


class DatabaseUnreachable(DatabaseTrouble):
    """The database does not answer."""


class AccessRefused(DatabaseTrouble):
    """The server does not admit this user, or has no database of this name."""


class InsecureConnection(DatabaseTrouble):
    """The connection would not be as safe as the address asks for."""


class TooManyConnections(DatabaseTrouble):
    """The server has no connection left for us."""


class DiskFull(DatabaseTrouble):
    """There is no room left where the database lies."""


class NotWritable(DatabaseTrouble):
    """The file, or the folder it lies in, cannot be opened for writing."""


class NotADatabase(DatabaseTrouble):
    """The file is not a SQLite database, or is damaged."""


class Conflict(StoreError):
    """A unique rule of the tables stands against the write."""
