"""Serve attachments from the simulator, with the byte ranges that a video element needs for seeking."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from aiohttp import web

from simulators.discord.attachments import ranged
from simulators.page.engine import Wire

SHOWN = frozenset({"video/mp4", "video/webm", "image/png", "image/jpeg", "image/gif", "image/webp"})
"""What a browser may show in place; anything else could be a page with a script and is only downloaded."""


@dataclass(frozen=True)
class Held:
    """One attachment that some message showed."""

    source: str
    filename: str
    content_type: str


class Shelf:
    """The attachments that the page may ask for: those of messages that it was shown."""

    def __init__(self, fetch: Callable[[str], bytes]) -> None:
        self._fetch = fetch
        self._held: dict[str, Held] = {}

    def put(self, attachment: Wire) -> Wire:
        """Make an attachment available and return it as the page draws it."""
        key, name = str(attachment["id"]), str(attachment["filename"])
        kind = str(attachment.get("content_type") or "").partition(";")[0].strip().lower()
        self._held[key] = Held(str(attachment["url"]), name, kind if kind in SHOWN else "application/octet-stream")
        return {
            "id": key,
            "name": name,
            "size": int(attachment.get("size") or 0),
            "type": self._held[key].content_type,
            "url": f"/files/{key}",
            "width": attachment.get("width"),
            "height": attachment.get("height"),
            "description": attachment.get("description") or "",
        }

    async def serve(self, request: web.Request) -> web.Response:
        """Answer GET and HEAD of one attachment, whole or a range of it."""
        held = self._held.get(request.match_info["key"])
        if held is None:
            raise web.HTTPNotFound
        try:
            data = self._fetch(held.source)
        except (KeyError, LookupError, OSError) as error:
            raise web.HTTPNotFound from error
        headers = {"Content-Type": held.content_type}
        if "download" in request.query or held.content_type not in SHOWN:
            headers["Content-Disposition"] = _download(held.filename)
        return ranged(request, data, headers)


def _download(filename: str) -> str:
    plain = re.sub(r"[^A-Za-z0-9._-]", "_", filename)[:100]
    return f'attachment; filename="{plain or "file"}"'
