"""The fixtures of most end-to-end tests."""

from tests.support.sharing import shared
from tests.support.street import database, street

__all__ = ["database", "shared", "street"]
