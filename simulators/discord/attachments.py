"""Downloads of uploaded files, with the Range requests that a video player makes."""

import re
from email.utils import quote

from aiohttp import web

from .world import Files, StoredFile

_ID = re.compile(r"/attachments/\d+/(\d+)/")


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
    disposition = f'inline; filename="{quote(stored.name)}"'
    return ranged(request, stored.data, {"Content-Type": stored.content_type, "Content-Disposition": disposition})


def ranged(request: web.Request, data: bytes, headers: dict[str, str]) -> web.Response:
    """Answer with `data`, whole or the range of it that the request asks for."""
    headers = {"Accept-Ranges": "bytes", **headers}
    try:
        wanted = request.http_range
    except ValueError:
        wanted = slice(None)  # RFC 9110, 14.2: a Range that is not understood is ignored
    if wanted.start is None and wanted.stop is None:
        return web.Response(body=data, headers=headers)
    first, stop, _ = wanted.indices(len(data))
    if first >= stop:
        return web.Response(status=416, headers={**headers, "Content-Range": f"bytes */{len(data)}"})
    headers["Content-Range"] = f"bytes {first}-{stop - 1}/{len(data)}"
    return web.Response(status=206, body=data[first:stop], headers=headers)
