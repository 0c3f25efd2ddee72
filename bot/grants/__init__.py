"""Grants: what owners of Blink accounts let others of a Discord server do with their cameras."""

from .grants import MOST_GIVEN, Grants
from .model import Asker, Grant, Guest, Right, Use
from .ports import GrantStore
from .spelling import read_until

__all__ = ["MOST_GIVEN", "Asker", "Grant", "GrantStore", "Grants", "Guest", "Right", "Use", "read_until"]
