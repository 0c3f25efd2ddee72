"""The cameras that a person can use: finding and showing them, arming them, and what Blink keeps of them."""

from .access import AccessibleAccount, AccessibleCamera, labels_of, lender_of, told_apart
from .cadence import Bounds, Cadence
from .finder import CameraFinder, Reach
from .following import completed
from .habits import Habits, Wait
from .overview import Cameras, Shown
from .recordings import READABLE, Listing, Recording, Recordings
from .switches import Found, Switch, is_network, networks_of, own_networks
from .switching import Switches
from .thumbnails import Thumbnail
from .timing import CameraTiming
from .turns import Turns
from .usb_drives import UsbDrives, usb_name

__all__ = [
    "READABLE",
    "AccessibleAccount",
    "AccessibleCamera",
    "Bounds",
    "Cadence",
    "CameraFinder",
    "CameraTiming",
    "Cameras",
    "Found",
    "Habits",
    "Listing",
    "Reach",
    "Recording",
    "Recordings",
    "Shown",
    "Switch",
    "Switches",
    "Thumbnail",
    "Turns",
    "UsbDrives",
    "Wait",
    "completed",
    "is_network",
    "labels_of",
    "lender_of",
    "networks_of",
    "own_networks",
    "told_apart",
    "usb_name",
]
