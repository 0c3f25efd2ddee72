"""The fixtures of this room."""

from tests.support.linked import town

__all__ = ["town"]
