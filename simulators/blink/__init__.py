"""A simulated Blink cloud, written from what is known of the real one and from nothing else."""

from .account import Account
from .behaviour import IMMIS, RTSPS, Behaviour, Failure, LiveBehaviour
from .clips import Command, Recording
from .cloud import Says
from .faults import Fault
from .live.certificate import self_signed
from .live.sessions import LiveSession
from .networks import Camera, Network
from .server import Request, SimBlink
from .world import World

__all__ = [
    "IMMIS",
    "RTSPS",
    "Account",
    "Behaviour",
    "Camera",
    "Command",
    "Failure",
    "Fault",
    "LiveBehaviour",
    "LiveSession",
    "Network",
    "Recording",
    "Request",
    "Says",
    "SimBlink",
    "World",
    "self_signed",
]
