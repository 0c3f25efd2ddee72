"""The database of the sweeps."""

from tests.support.street import database

__all__ = ["database"]
