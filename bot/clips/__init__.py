"""Clip jobs: the rules from an acknowledged `/clip` to its video or its reason, without Discord, SQL or HTTP."""

from .context import Context
from .model import HOLDING, MOVES, End, Job, Reply, Said, Stage, Target
from .ports import Admission, Display, Household, Households, JobStore, NotShrunk, Shrinker, Superseded, Told
from .runner import Runner, current_job
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
    "NotShrunk",
    "Reply",
    "Runner",
    "Said",
    "Shrinker",
    "Stage",
    "Superseded",
    "Target",
    "Timing",
    "Told",
    "current_job",
]
