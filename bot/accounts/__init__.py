"""Linked Blink accounts: who has one, a working session for each, and how one is made."""

from .linking import CodeAsked, Hurdle, Linked, Linking, Origin, Step, Stopped
from .sessions import Session, Sessions
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
    "Step",
    "Stopped",
    "link_from_tokens",
]
