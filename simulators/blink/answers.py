"""The answers that go back over the wire, with every way in which Blink says no."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from .behaviour import BusyShape

JSON = "application/json; charset=utf-8"


@dataclass(frozen=True)
class Answer:
    """A whole HTTP answer, except for its Date."""

    status: int = 200
    body: bytes = b""
    content_type: str = JSON
    headers: dict[str, str] = field(default_factory=dict[str, str])
    cookies: tuple[str, ...] = ()  # one Set-Cookie header each
    surprise: str | None = None  # why no good client asks for this, though it is answered


class Refused(Exception):
    """A request that Blink refuses; `surprise` says why no good client sends it."""

    def __init__(self, answer: Answer, surprise: str | None = None) -> None:
        super().__init__(surprise or f"HTTP {answer.status}")
        self.answer = answer
        self.surprise = surprise


def as_json(value: Any, status: int = 200, headers: dict[str, str] | None = None) -> Answer:
    """Answer with JSON."""
    return Answer(status, json.dumps(value, separators=(",", ":")).encode(), JSON, headers or {})


def message(text: str, code: int | None, status: int) -> Answer:
    """Answer in the form of Blink's own errors."""
    return as_json({"message": text, "error": None, "code": code}, status)


def unauthorized() -> Answer:
    """The access token is missing, wrong or expired (blinkpy#1114)."""
    return message("Unauthorized Access", 101, 401)


def not_found(text: str = "Not Found", code: int | None = None) -> Answer:
    """The wrong path for a camera's kind, or something that is gone (blinkpy#537)."""
    return message(text, code, 404)


def media_not_found() -> Answer:
    """The clip is gone, or its address is wrong (madshall/node-blink-security#45)."""
    return not_found("Media not found", 700)


def manifest_stale() -> Answer:
    """The manifest is not, or no longer, what the stick holds (d9-197/blink_camera)."""
    return message("Manifest stale", 2102, 400)


def no_manifest() -> Answer:
    """The Sync Module has no list of its stick's clips to give (d9-197/blink_camera)."""
    return message("Manifest retrieval error", 1700, 400)


def no_longer(status: int) -> Answer:
    """A path that Blink has given up; no source tells its status (niclydon/blink-rosie)."""
    return message("Endpoint no longer supported.", 900, status)


def in_process() -> Answer:
    """It is still being made, so ask again later (Pischleuder1/ioBroker.blink, from a Sync Module 2)."""
    return message("command is in process", 2113, 409)


def not_acceptable() -> Answer:
    """A shared hardware_id (blinkpy#1266), or the wrong region's host."""
    return Answer(406, b"Not Acceptable", "text/plain; charset=utf-8")


def update_required() -> Answer:
    """The headers of an old app (MattTW/BlinkMonitorProtocol#81)."""
    return message("An app update is required", 105, 426)


def bad_request(text: str) -> Answer:
    """A field that is missing, unknown or not understood."""
    return message(text, None, 400)


def oauth_error(error: str, description: str, status: int) -> Answer:
    """An error of the OAuth host."""
    return as_json({"error": error, "error_description": description}, status)


def busy(shape: BusyShape, address: str) -> Answer:
    """The network is busy, in one of the shapes that clients report; `address` is where a 307 points."""
    status = {"409": 409, "307": 307, "307-location": 307, "200": 200}[shape]
    headers = {"Location": f"{address}?followed=1"} if shape == "307-location" else None
    return as_json({"message": "System is busy, please wait", "error": None, "code": 307}, status, headers)
