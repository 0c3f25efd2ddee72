"""Clip jobs: the rules from an acknowledged `/clip` to its video or its reason, without Discord, SQL or HTTP."""

from .access import BotNotInServer, JobAccess
from .concurrency_limits import ConcurrencyLimits
from .executor import current_job
from .kept_recording import media_id_of
from .runner import Runner
from .step_context import Context, LiveViews, Media, MediaTools, Shrinker
from .timing import JobTiming

__all__ = [
    "BotNotInServer",
    "ConcurrencyLimits",
    "Context",
    "JobAccess",
    "JobTiming",
    "LiveViews",
    "Media",
    "MediaTools",
    "Runner",
    "Shrinker",
    "current_job",
    "media_id_of",
]
