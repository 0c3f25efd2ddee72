"""The kinds of Blink's cameras, and the pictures that they take."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from .pictures import Film, photograph

Kind = Literal["camera", "mini", "floodlight", "doorbell"]

PRODUCT: dict[Kind, str] = {"camera": "catalina", "mini": "owl", "floodlight": "superior", "doorbell": "lotus"}
"""The `type` that the homescreen and the picture paths give each kind."""


@dataclass(frozen=True)
class Picture:
    """A picture that a camera has taken; equal films have equal bytes, and no two pictures the same film."""

    taken: int  # Unix seconds by Blink's clock; no two pictures of a camera have the same
    command_id: int | None  # the thumbnail command that made it; None: it was there before
    film: Film

    @property
    def jpeg(self) -> bytes:
        """The picture itself."""
        return photograph(self.film)
