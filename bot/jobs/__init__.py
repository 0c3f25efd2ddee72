"""Clip jobs: the rules from an acknowledged `/clip` to its video or its reason, without Discord, SQL or HTTP."""

from .access import JobAccess
from .concurrency import ConcurrencyLimits, slot
from .context import Context, LiveViews, MediaTools
from .executor import current_job
from .media import Media, Shrinker
from .ports import Display, Leave
from .recent import media_id_of
from .runner import Runner
from .timing import Timing

__all__ = [
    "ConcurrencyLimits",
    "Context",
    "Display",
    "JobAccess",
    "Leave",
    "LiveViews",
    "Media",
    "MediaTools",
    "Runner",
    "Shrinker",
    "Timing",
    "current_job",
    "media_id_of",
    "slot",
]
