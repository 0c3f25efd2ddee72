"""How often Discord is asked for what."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pace:
    """How often replies are edited and how long Discord is asked again; seconds."""

    every: float = 2.0
    gaps: Sequence[float] = (0.5, 1.0, 2.0, 5.0, 10.0, 30.0)
    patience: float = 900.0
    progress_timeout: float = 10.0
    upload_timeout: float = 120.0
