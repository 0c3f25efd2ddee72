"""How often Discord is asked, and for how long."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from bot.metrics import Metrics
from bot.util import RetryPolicy

from .errors import DiscordUnavailable


@dataclass(frozen=True, slots=True)
class DeliveryTimeouts:
    """How often a reply is edited, and how long a call is repeated; seconds."""

    every: float = 2.0
    gaps: Sequence[float] = (0.5, 1.0, 2.0, 5.0, 10.0, 30.0)
    patience: float = 900.0
    progress_timeout: float = 10.0
    upload_timeout: float = 120.0
    slow: float = 30.0  # from the command to its end; after that its person has perhaps looked away


class RetryPolicies:
    """How each kind of call to Discord is repeated, and `slow`: after that, an end is also told directly.

    Each policy raises DiscordUnavailable in the end.
    """

    def __init__(self, timeouts: DeliveryTimeouts, metrics: Metrics) -> None:
        brief = timeouts.progress_timeout
        self.slow = timedelta(seconds=timeouts.slow)

        def policy(kind: str, *, timeout: float, patience: float) -> RetryPolicy:
            return RetryPolicy(
                timeouts.gaps,
                temporary=(DiscordUnavailable,),
                patience=patience,
                timeout=timeout,
                gave_up=DiscordUnavailable,
                observe=partial(metrics.delivery, kind),
            )

        self.progress = policy("progress", timeout=brief, patience=0.0)  # one try: the next edit makes up for it
        self.question = policy("text", timeout=brief, patience=brief)  # somebody waits, and can do without an answer
        self.text = policy("text", timeout=brief, patience=timeouts.patience)
        self.keep = policy("video", timeout=timeouts.upload_timeout, patience=brief)  # somebody waits, and can retry
        self.upload = policy("video", timeout=timeouts.upload_timeout, patience=timeouts.patience)
