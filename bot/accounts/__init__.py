"""Linked Blink accounts: who has one, a working session for each, and how one is made."""

from .linking import link_from_tokens
from .models import Account, NotifyClips, Person
from .ports import AccountStore, PeopleStore
from .sessions import Session, Sessions

__all__ = [
    "Account",
    "AccountStore",
    "NotifyClips",
    "PeopleStore",
    "Person",
    "Session",
    "Sessions",
    "link_from_tokens",
]
