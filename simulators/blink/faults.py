"""Faults that a test or the demo scripts: how an answer goes wrong on its way."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import Any, Literal, get_args

from .answers import Answer, as_json

RouteName = Literal[
    "authorize",
    "signin_page",
    "signin",
    "verify",
    "token",
    "logout",
    "tier",
    "homescreen",
    "networks",
    "network",
    "update",
    "modules",
    "config",
    "signals",
    "usage",
    "clip",
    "thumbnail",
    "enable",
    "disable",
    "owl_config",
    "arm",
    "disarm",
    "command",
    "done",
    "media",
    "video",
    "still",
    "image",
    "delete",
    "media_v4",
    "live_view",
    "manifest",
    "manifest_poll",
    "usb_clip",
    "usb_video",
    "usb_delete",
    "usb_status",
]
Action = Literal["answer", "reset", "half", "stall", "apply-then-reset", "apply-then-status", "hang", "unsized"]


@dataclass(frozen=True)
class Fault:
    """A fault of the next `times` requests to a route; "*" is every route, None is for ever.

    - answer: this answer instead of the real one, and nothing is applied; without status, body and headers
      the real one after all, `delay` seconds late, or once that event is set.
    - reset: the connection is cut and nothing is applied.
    - half: the request is applied and half of its answer's body sent, then the connection is closed.
    - stall: as half, but the connection stays open and silent.
    - apply-then-reset: the request is applied, then the connection is cut.
    - apply-then-status: the request is applied, then answered with this status (500) and body.
    - hang: nothing is applied and no answer ever comes.
    - unsized: the real answer, in chunks and without its length.
    """

    match: RouteName | Literal["*"] = "*"
    times: int | None = 1
    status: int | None = None
    body: Any = None  # bytes and text go out as they are, anything else as JSON
    headers: dict[str, str] | None = None
    delay: float | asyncio.Event = 0.0
    action: Action = "answer"
    account: int | None = None  # only for requests of this account: its bearer, its tokens, its sign-in
    skip: int = 0  # let so many pass first

    def __post_init__(self) -> None:
        if self.match not in ("*", *get_args(RouteName)):
            raise ValueError(f"no route is called {self.match!r}")

    @property
    def replaces(self) -> bool:
        """Whether an "answer" takes the real answer's place."""
        return self.status is not None or self.body is not None or self.headers is not None

    def answer(self, default: int) -> Answer:
        """Return the scripted answer."""
        status, headers = self.status or default, dict(self.headers or {})
        if isinstance(self.body, bytes | str):
            raw = self.body.encode() if isinstance(self.body, str) else self.body
            return Answer(status, raw, headers.pop("Content-Type", "text/plain; charset=utf-8"), headers)
        return as_json({} if self.body is None else self.body, status, headers)


def take(faults: list[Fault], route: str | None, account: int | None) -> Fault | None:
    """Return the first fault that strikes this request, and count it."""
    for index, fault in enumerate(faults):
        if fault.match not in ("*", route) or fault.account not in (None, account):
            continue
        if fault.skip:
            faults[index] = replace(fault, skip=fault.skip - 1)
            continue
        if fault.times is not None:
            faults[index : index + 1] = [replace(fault, times=fault.times - 1)] if fault.times > 1 else []
        return fault
    return None
