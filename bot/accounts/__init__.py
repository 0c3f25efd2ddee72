"""Linked Blink accounts: who has one, a working session for each, and how one is made."""

from .invitations import (
    CodeAsked,
    Hurdle,
    Invitation,
    InvitationStore,
    Invited,
    Linked,
    Origin,
    SignIn,
    Step,
    Stopped,
)
from .linking import LinkedUnseen, link_from_tokens
from .models import Account, NotifyClips, Person
from .ports import AccountStore, PeopleStore
from .sessions import Session, Sessions
from .signing_in import Linking

__all__ = [
    "Account",
    "AccountStore",
    "CodeAsked",
    "Hurdle",
    "Invitation",
    "InvitationStore",
    "Invited",
    "Linked",
    "LinkedUnseen",
    "Linking",
    "NotifyClips",
    "Origin",
    "PeopleStore",
    "Person",
    "Session",
    "Sessions",
    "SignIn",
    "Step",
    "Stopped",
    "link_from_tokens",
]
