"""Blink's cloud: one account's client, its models, its errors, and the ways to keep a sign-in alive.

To sign in is a door of its own, `bot.blink.signin`, so that only who does it loads what it takes.
"""

from .addresses import public_socket
from .asking import Bearer, utcnow
from .blink_tokens import BadBlinkTokens, BlinkTokens
from .blink_tokens import parse as parse_blink_tokens
from .client import BlinkClient
from .errors import (
    BadMedia,
    BlinkError,
    DiskTrouble,
    MediaTooLarge,
    NeverSent,
    NotUnderstood,
    RateLimited,
    Refused,
    SignedOut,
    Unreachable,
)
from .hours import Hours, read_hours
from .labels import distinct
from .models import (
    Busy,
    Camera,
    CommandState,
    Event,
    Inventory,
    Manifest,
    MediaEntry,
    NoneEnabled,
    Started,
    Tokens,
    UsbClip,
    UsbModule,
)
from .network import network_reason
from .oauth import Grant, Home, find_home, refresh
from .packing import packed, unpacked
from .request import Request
from .signin_outcomes import CodeWanted, Denial, Denied, SignedIn
from .signout import sign_out
from .text import clean
from .transport import Answer, Transport
from .usb import number_of
from .zones import zone_of

__all__ = [
    "Answer",
    "BadBlinkTokens",
    "BadMedia",
    "Bearer",
    "BlinkClient",
    "BlinkError",
    "BlinkTokens",
    "Busy",
    "Camera",
    "CodeWanted",
    "CommandState",
    "Denial",
    "Denied",
    "DiskTrouble",
    "Event",
    "Grant",
    "Home",
    "Hours",
    "Inventory",
    "Manifest",
    "MediaEntry",
    "MediaTooLarge",
    "NeverSent",
    "NoneEnabled",
    "NotUnderstood",
    "RateLimited",
    "Refused",
    "Request",
    "SignedIn",
    "SignedOut",
    "Started",
    "Tokens",
    "Transport",
    "Unreachable",
    "UsbClip",
    "UsbModule",
    "clean",
    "distinct",
    "find_home",
    "network_reason",
    "number_of",
    "packed",
    "parse_blink_tokens",
    "public_socket",
    "read_hours",
    "refresh",
    "sign_out",
    "unpacked",
    "utcnow",
    "zone_of",
]
