"""Pictures and videos: how large they are, and where an embed shows one of its message's files."""

import io
from pathlib import PurePath
from typing import Any

import av
from av.container.input import InputContainer
from av.error import FFmpegError

from .calls import as_list, as_object

_PICTURES = {".jpg", ".jpeg", ".png", ".webp", ".gif"}


def with_pictures(embeds: Any, attachments: Any) -> list[dict[str, Any]]:
    """Let `attachment://name` lead to the message's own picture; a name that is none stays as it is.

    https://discord.com/developers/docs/reference#editing-message-attachments-using-attachments-within-embeds
    """
    files = {
        f"attachment://{file['filename']}": file
        for file in map(as_object, as_list(attachments))
        if PurePath(file["filename"]).suffix.lower() in _PICTURES
    }
    return [_with_pictures(as_object(embed), files) for embed in as_list(embeds)]


def _with_pictures(embed: dict[str, Any], files: dict[str, dict[str, Any]]) -> dict[str, Any]:
    shown = dict(embed)
    for key in ("image", "thumbnail"):
        picture = as_object(embed.get(key))
        if file := files.get(str(picture.get("url"))):
            shown[key] = picture | {"url": file["url"], "proxy_url": file["proxy_url"]}
    return shown


def measured(data: bytes, content_type: str) -> dict[str, int]:
    """Return the width and height of a picture or a video; nothing of anything else."""
    if not content_type.startswith(("image/", "video/")):
        return {}
    try:
        with av.open(io.BytesIO(data)) as container:
            assert isinstance(container, InputContainer)
            return {"width": container.streams.video[0].width, "height": container.streams.video[0].height}
    except (FFmpegError, IndexError):
        return {}
