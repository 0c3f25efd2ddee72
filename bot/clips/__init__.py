"""Clip jobs: the rules from an acknowledged `/clip` to its video or its reason, without Discord, SQL or HTTP."""

from . import switching
from .cameras import Cameras, Shown
from .choice import usb_name
from .context import Context
from .crowd import Crowd, Limits
from .homes import Home, Reached, labels_of, lender_of, told_apart
from .life import current_job
from .listing import Listing, Recording
from .media import Lent, Picture, Video
from .ports import (
    Display,
    Household,
    Households,
    JobStore,
    Leave,
    Media,
    Permit,
    Permits,
    Shrinker,
    StoreAway,
    Superseded,
)
from .recent import media_id_of
from .runner import Runner
from .switches import Switch, is_network, networks_of, own_networks
from .switching import Switches
from .thumbnails import Thumbnail
from .timing import Timing

__all__ = [
    "Cameras",
    "Context",
    "Crowd",
    "Display",
    "Home",
    "Household",
    "Households",
    "JobStore",
    "Leave",
    "Lent",
    "Limits",
    "Listing",
    "Media",
    "Permit",
    "Permits",
    "Picture",
    "Reached",
    "Recording",
    "Runner",
    "Shown",
    "Shrinker",
    "StoreAway",
    "Superseded",
    "Switch",
    "Switches",
    "Thumbnail",
    "Timing",
    "Video",
    "current_job",
    "is_network",
    "labels_of",
    "lender_of",
    "media_id_of",
    "networks_of",
    "own_networks",
    "switching",
    "told_apart",
    "usb_name",
]
