"""Clip jobs: the rules from an acknowledged `/clip` to its video or its reason, without Discord, SQL or HTTP."""

from . import switching
from .context import Context
from .life import current_job
from .model import HOLDING, MOVES, End, Job, Kind, Reply, Said, Stage, Target
from .ports import (
    Admission,
    Display,
    Household,
    Households,
    JobStore,
    Media,
    NotShrunk,
    Shrinker,
    StoreAway,
    Superseded,
    Told,
)
from .recent import Recording, media_id_of
from .runner import Runner
from .switching import Switch, Switches
from .timing import Timing

__all__ = [
    "HOLDING",
    "MOVES",
    "Admission",
    "Context",
    "Display",
    "End",
    "Household",
    "Households",
    "Job",
    "JobStore",
    "Kind",
    "Media",
    "NotShrunk",
    "Recording",
    "Reply",
    "Runner",
    "Said",
    "Shrinker",
    "Stage",
    "StoreAway",
    "Superseded",
    "Switch",
    "Switches",
    "Target",
    "Timing",
    "Told",
    "current_job",
    "media_id_of",
    "switching",
]
