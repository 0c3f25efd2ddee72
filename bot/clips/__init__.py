"""Clip jobs: the rules from an acknowledged `/clip` to its video or its reason, without Discord, SQL or HTTP."""

from . import switching
from .cameras import Cameras, Shown
from .choice import usb_name
from .concurrency import ConcurrencyLimits, slot
from .context import Context
from .homes import Home, Reached, is_lent, labels_of, lender_of, split, told_apart
from .life import current_job
from .listing import Listing, Recording
from .media import Lent, Picture, Video
from .model import HOLDING, MOVES, End, Job, Kind, Lender, Reply, Said, Stage, Target
from .order import Entry, HeldBack, Order
from .ports import (
    Admission,
    Display,
    Household,
    Households,
    JobStore,
    Leave,
    Media,
    NoReply,
    NotShrunk,
    Permit,
    Permits,
    Shrinker,
    StoreAway,
    Superseded,
    Told,
)
from .recent import media_id_of
from .runner import Runner
from .switches import Switch, is_network, networks_of, own_networks
from .switching import Switches
from .thumbnails import Thumbnail
from .timing import Timing

__all__ = [
    "HOLDING",
    "MOVES",
    "Admission",
    "Cameras",
    "ConcurrencyLimits",
    "Context",
    "Display",
    "End",
    "Entry",
    "HeldBack",
    "Home",
    "Household",
    "Households",
    "Job",
    "JobStore",
    "Kind",
    "Leave",
    "Lender",
    "Lent",
    "Listing",
    "Media",
    "NoReply",
    "NotShrunk",
    "Order",
    "Permit",
    "Permits",
    "Picture",
    "Reached",
    "Recording",
    "Reply",
    "Runner",
    "Said",
    "Shown",
    "Shrinker",
    "Stage",
    "StoreAway",
    "Superseded",
    "Switch",
    "Switches",
    "Target",
    "Thumbnail",
    "Timing",
    "Told",
    "Video",
    "current_job",
    "is_lent",
    "is_network",
    "labels_of",
    "lender_of",
    "media_id_of",
    "networks_of",
    "own_networks",
    "slot",
    "split",
    "switching",
    "told_apart",
    "usb_name",
]
