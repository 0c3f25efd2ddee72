"""Pictures in embeds that are files of the same message."""

from pathlib import PurePath
from typing import Any

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
