"""Linked Blink accounts: who has one, a working session for each, and how one is made."""

from .linking import CodeAsked, Hurdle, Linked, Linking, LinkStep, Origin, Stopped
from .saved_links import LinkedUnseen, link_from_tokens
from .sessions import Session, Sessions

__all__ = [
    "CodeAsked",
    "Hurdle",
    "LinkStep",
    "Linked",
    "LinkedUnseen",
    "Linking",
    "Origin",
    "Session",
    "Sessions",
    "Stopped",
    "link_from_tokens",
]
