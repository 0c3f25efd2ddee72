"""Blink's cloud: one account's client, its models, its errors, and the ways to keep a sign-in alive."""

from .blink_tokens import BadBlinkTokens, BlinkTokens
from .blink_tokens import parse as parse_blink_tokens
from .client import Bearer, BlinkClient, utcnow
from .errors import (
    BadVideo,
    BlinkError,
    DiskTrouble,
    NeverSent,
    NotUnderstood,
    RateLimited,
    Refused,
    SignedOut,
    Unreachable,
    VideoTooLarge,
)
from .models import Busy, Camera, CameraKey, CameraKind, CommandState, Inventory, MediaEntry, Started, Tokens
from .oauth import Grant, Home, find_home, refresh
from .signin import BlinkSignIn
from .signin_outcomes import CodeWanted, Denial, Denied, SignedIn
from .signout import sign_out
from .transport import Transport

__all__ = [
    "BadBlinkTokens",
    "BadVideo",
    "Bearer",
    "BlinkClient",
    "BlinkError",
    "BlinkSignIn",
    "BlinkTokens",
    "Busy",
    "Camera",
    "CameraKey",
    "CameraKind",
    "CodeWanted",
    "CommandState",
    "Denial",
    "Denied",
    "DiskTrouble",
    "Grant",
    "Home",
    "Inventory",
    "MediaEntry",
    "NeverSent",
    "NotUnderstood",
    "RateLimited",
    "Refused",
    "SignedIn",
    "SignedOut",
    "Started",
    "Tokens",
    "Transport",
    "Unreachable",
    "VideoTooLarge",
    "find_home",
    "parse_blink_tokens",
    "refresh",
    "sign_out",
    "utcnow",
]
