"""A simulated Discord on real sockets."""

from .calls import Fault
from .errors import SimError
from .interactions import Interaction
from .places import Channel, Guild, Role, User
from .sim import SimDiscord

__all__ = [
    "Channel",
    "Fault",
    "Guild",
    "Interaction",
    "Role",
    "SimDiscord",
    "SimError",
    "User",
]
