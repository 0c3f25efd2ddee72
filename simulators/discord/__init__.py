"""A simulated Discord on real sockets."""

from .calls import Fault, Request, Upload
from .errors import SimError
from .interactions import Callback, Interaction
from .places import Channel, Guild, Role, User
from .sim import SimDiscord

__all__ = [
    "Callback",
    "Channel",
    "Fault",
    "Guild",
    "Interaction",
    "Request",
    "Role",
    "SimDiscord",
    "SimError",
    "Upload",
    "User",
]
