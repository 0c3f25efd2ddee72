"""The cameras that a person can use: finding and showing them, arming them, and what Blink keeps of them."""

from .camera_list import Cameras, Shown, Thumbnail
from .finder import (
    AccessibleAccount,
    AccessibleCamera,
    CameraFinder,
    OutOfReach,
    Reach,
    labels_of,
    owner_of,
    told_apart,
)
from .polling import CameraTiming, Durations, Polling, Turns, Wait, completed
from .recordings import LISTED, READABLE, Recording, Recordings, UsbDrives, usb_name
from .switch_finder import Found, Switch, is_network, networks_of, own_networks
from .switching import Switches
from .video_retention import VideoRetention

__all__ = [
    "LISTED",
    "READABLE",
    "AccessibleAccount",
    "AccessibleCamera",
    "CameraFinder",
    "CameraTiming",
    "Cameras",
    "Durations",
    "Found",
    "OutOfReach",
    "Polling",
    "Reach",
    "Recording",
    "Recordings",
    "Shown",
    "Switch",
    "Switches",
    "Thumbnail",
    "Turns",
    "UsbDrives",
    "VideoRetention",
    "Wait",
    "completed",
    "is_network",
    "labels_of",
    "networks_of",
    "own_networks",
    "owner_of",
    "told_apart",
    "usb_name",
]
