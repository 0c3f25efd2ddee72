"""The exit statuses of the worker; any other means that it broke."""

from enum import IntEnum


class Exit(IntEnum):
    """The worker's exit status; 1 and 2 are left to Python itself."""

    WRITTEN = 0
    TOO_LONG = 3
    FAILED = 4
