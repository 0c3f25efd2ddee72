"""Errors of the database that every room may have to act on."""


class Superseded(Exception):
    """Another process acts for this job now: this one owns its row no longer, or the row has changed meanwhile."""


class StorageUnavailable(Exception):
    """The database cannot be read or written now. The last write may or may not have been saved."""
