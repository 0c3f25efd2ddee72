"""Blink's cloud: one account's client, its values and errors, and all ways to sign in, stay signed in and sign out."""

from .account_transport import utcnow
from .blink_tokens import BadBlinkTokens, parse_blink_tokens
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
from .labels import clean, distinct, resembles
from .live import Dialer, LiveEnd, LiveRecorder, LiveTiming, RelayTrust
from .models import (
    Busy,
    Camera,
    CommandState,
    Inventory,
    LiveSession,
    Manifest,
    MediaEntry,
    NoLiveView,
    NoneEnabled,
    Started,
    UsbClip,
    UsbModule,
)
from .oauth import RefreshGrant, find_region, refresh, sign_out
from .responses import Answer
from .sign_in import BlinkSignIn
from .sign_in_outcomes import CodeWanted, Denial, Denied, SignedIn
from .sockets import network_reason, public_socket
from .transport import Request, Transport
from .usb import number_of

__all__ = [
    "Answer",
    "BadBlinkTokens",
    "BadMedia",
    "BlinkClient",
    "BlinkError",
    "BlinkSignIn",
    "Busy",
    "Camera",
    "CodeWanted",
    "CommandState",
    "Denial",
    "Denied",
    "Dialer",
    "DiskTrouble",
    "Inventory",
    "LiveEnd",
    "LiveRecorder",
    "LiveSession",
    "LiveTiming",
    "Manifest",
    "MediaEntry",
    "MediaTooLarge",
    "NeverSent",
    "NoLiveView",
    "NoneEnabled",
    "NotUnderstood",
    "RateLimited",
    "RefreshGrant",
    "Refused",
    "RelayTrust",
    "Request",
    "SignedIn",
    "SignedOut",
    "Started",
    "Transport",
    "Unreachable",
    "UsbClip",
    "UsbModule",
    "clean",
    "distinct",
    "find_region",
    "network_reason",
    "number_of",
    "parse_blink_tokens",
    "public_socket",
    "refresh",
    "resembles",
    "sign_out",
    "utcnow",
]
