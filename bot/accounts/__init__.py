"""Linked Blink accounts: who has one, a working session for each, and how one is made."""

from .linking import Linking
from .sessions import Session, Sessions
from .sign_in_steps import CodeAsked, Hurdle, Linked, Origin, SignIn, Step, Stopped
from .token_linking import LinkedUnseen, link_from_tokens

__all__ = [
    "CodeAsked",
    "Hurdle",
    "Linked",
    "LinkedUnseen",
    "Linking",
    "Origin",
    "Session",
    "Sessions",
    "SignIn",
    "Step",
    "Stopped",
    "link_from_tokens",
]
