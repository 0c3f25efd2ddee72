"""One request of the bot: as it came (`Call`), as it is remembered (`Request`), and how it may go wrong (`Fault`)."""

import asyncio
import fnmatch
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, cast

Action = Literal["answer", "apply-then-answer", "reset", "apply-then-reset", "delay"]
_SECRET = re.compile(r"^(/(?:interactions|webhooks)/\d+/)[^/]+")


@dataclass(frozen=True)
class Upload:
    """One uploaded file."""

    filename: str
    data: bytes = field(repr=False)
    description: str | None = None

    def open(self) -> io.BytesIO:
        return io.BytesIO(self.data)


@dataclass(frozen=True)
class Call:
    """A parsed REST request; `path` has no `/api/v10` and is decoded (`@original`)."""

    method: str
    path: str
    query: Mapping[str, str]
    body: Any
    uploads: tuple[Upload, ...]
    authorization: str | None
    reason: str | None = None

    @property
    def shown_path(self) -> str:
        return masked(self.path)

    @property
    def parts(self) -> list[str]:
        return self.path.strip("/").split("/")

    @property
    def fields(self) -> dict[str, Any]:
        return as_object(self.body)


@dataclass(frozen=True)
class Request:
    """A request that was answered (`status`) or cut off (`status` is None), in the order of the answers."""

    at: float
    method: str
    path: str
    raw_path: str = field(repr=False)
    authorized: bool
    status: int | None
    body: Any
    files: tuple[Upload, ...]


@dataclass
class Fault:
    """A fault of the next `times` matching requests (None: of all of them).

    `path_pattern` is an fnmatch pattern, or a compiled regular expression to search for, over the path after
    `/api/v10`. "answer" answers instead of Discord; "apply-…" lets Discord act first; "reset" cuts the connection;
    "delay" only waits so many seconds, or until that event is set, before Discord acts. `from_bytes`: only requests
    that upload so much.
    """

    method: str
    path_pattern: str | re.Pattern[str]
    times: int | None = 1
    status: int = 500
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    action: Action = "answer"
    delay: float | asyncio.Event = 0.0
    from_bytes: int = 0
    hits: int = 0

    def matches(self, call: Call) -> bool:
        if self.times is not None and self.hits >= self.times:
            return False
        if self.method not in {"*", call.method} or sum(len(one.data) for one in call.uploads) < self.from_bytes:
            return False
        if isinstance(self.path_pattern, re.Pattern):
            return self.path_pattern.search(call.path) is not None
        return fnmatch.fnmatchcase(call.path, self.path_pattern)

    @classmethod
    def rate_limit(
        cls, method: str, path_pattern: str | re.Pattern[str], *, retry_after: float, times: int | None = 1
    ) -> "Fault":
        """Discord's own 429, with the `Via` header that tells it from Cloudflare's ban."""
        return cls(
            method,
            path_pattern,
            times,
            429,
            {"message": "You are being rate limited.", "retry_after": retry_after, "global": False},
            {
                "Via": "1.1 google",
                "Retry-After": str(max(1, round(retry_after))),
                "X-RateLimit-Scope": "user",
                "X-RateLimit-Reset-After": str(retry_after),
            },
        )


def as_object(value: Any) -> dict[str, Any]:
    """The value if it is a JSON object, else an empty one."""
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


def as_list(value: Any) -> list[Any]:
    """The value if it is a JSON array, else an empty one."""
    return cast("list[Any]", value) if isinstance(value, list) else []


def masked(path: str) -> str:
    """Hide the interaction token, which is a credential for 15 minutes."""
    return _SECRET.sub(r"\1***", path)
