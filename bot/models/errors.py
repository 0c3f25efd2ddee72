"""Errors of the database that every room may have to act on."""


class Superseded(Exception):
    """Another process acts for this job now: its row is not as this process last wrote it, or not its own any more."""


class StorageUnavailable(Exception):
    """The database cannot be read or written now. The last write may or may not have been saved."""
