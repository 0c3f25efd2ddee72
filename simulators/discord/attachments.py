"""Downloads of uploaded files, with the Range requests that a video player makes."""

import re
from email.utils import quote

from aiohttp import web

from .world import Files, StoredFile

_ID = re.compile(r"/attachments/\d+/(\d+)/")
_RANGE = re.compile(r"bytes=(\d*)-(\d*)")


def find(files: Files, url_or_id: str | int) -> StoredFile:
    """Look an attachment up by its id or by its URL."""
    found = _ID.search(str(url_or_id))
    key = found[1] if found else str(url_or_id)
    if key not in files.stored:
        raise KeyError(f"no attachment {url_or_id}")
    return files.stored[key]


def respond(files: Files, request: web.Request) -> web.Response:
    """Serve a request for `/attachments/{channel}/{id}/{name}`."""
    try:
        stored = find(files, request.path)
    except KeyError:
        raise web.HTTPNotFound from None
    size = len(stored.data)
    headers = {
        "Content-Type": stored.content_type,
        "Accept-Ranges": "bytes",
        "Content-Disposition": f'inline; filename="{quote(stored.name)}"',
    }
    wanted = _RANGE.fullmatch(request.headers.get("Range", ""))
    if wanted is None or wanted[0] == "bytes=-":
        return web.Response(body=stored.data, headers=headers)
    first, last = wanted.groups()
    start = int(first) if first else max(0, size - int(last))
    end = min(int(last), size - 1) if first and last else size - 1
    if start > end:
        return web.Response(status=416, headers={"Content-Range": f"bytes */{size}"})
    headers["Content-Range"] = f"bytes {start}-{end}/{size}"
    return web.Response(status=206, body=stored.data[start : end + 1], headers=headers)
