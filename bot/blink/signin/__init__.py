"""Sign in to Blink with e-mail, password and code."""

from .attempt import BlinkSignIn
from .outcomes import CodeWanted, Denial, Denied, SignedIn

__all__ = ["BlinkSignIn", "CodeWanted", "Denial", "Denied", "SignedIn"]
