"""Clip jobs: the rules from an acknowledged `/clip` to its video or its reason, without Discord, SQL or HTTP."""

from .context import Context
from .crowd import Crowd, Limits
from .life import current_job
from .media import Media, Shrinker
from .ports import Display, JobStore, Leave
from .recent import media_id_of
from .runner import Runner
from .timing import Timing

__all__ = [
    "Context",
    "Crowd",
    "Display",
    "JobStore",
    "Leave",
    "Limits",
    "Media",
    "Runner",
    "Shrinker",
    "Timing",
    "current_job",
    "media_id_of",
]
