"""A simulated Blink cloud, written from what is known of the real one and from nothing else."""

from .account import Account
from .behaviour import Behaviour, Failure
from .clips import Command, Recording
from .cloud import Says
from .devices import Picture
from .faults import Fault
from .networks import Camera, Network
from .server import Request, SimBlink
from .world import World

__all__ = [
    "Account",
    "Behaviour",
    "Camera",
    "Command",
    "Failure",
    "Fault",
    "Network",
    "Picture",
    "Recording",
    "Request",
    "Says",
    "SimBlink",
    "World",
]
