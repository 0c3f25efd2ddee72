"""Values that every room speaks: frozen, without I/O, and without knowledge of who uses them."""

from .camera_ref import (
    CAMERA_OR_SYSTEM_PATTERN,
    CAMERA_PATTERN,
    CameraKey,
    CameraKind,
    CameraRef,
    is_shared,
    split_owner,
    with_owner,
)
from .errors import StorageUnavailable, Superseded
from .job import HOLDING, MOVES, End, Ended, Job, Kind, Lender, NoReply, NotShrunk, Reply, Said, Stage, Target, Told
from .queue import MOST_RUNNING, MOST_UNFINISHED, RUNNING, Admission, Entry, HeldBack, Network, Order

__all__ = [
    "CAMERA_OR_SYSTEM_PATTERN",
    "CAMERA_PATTERN",
    "HOLDING",
    "MOST_RUNNING",
    "MOST_UNFINISHED",
    "MOVES",
    "RUNNING",
    "Admission",
    "CameraKey",
    "CameraKind",
    "CameraRef",
    "End",
    "Ended",
    "Entry",
    "HeldBack",
    "Job",
    "Kind",
    "Lender",
    "Network",
    "NoReply",
    "NotShrunk",
    "Order",
    "Reply",
    "Said",
    "Stage",
    "StorageUnavailable",
    "Superseded",
    "Target",
    "Told",
    "is_shared",
    "split_owner",
    "with_owner",
]
