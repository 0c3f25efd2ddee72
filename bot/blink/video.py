"""Puts a video on disk as it arrives: bounded in size, and only if it is one."""

import asyncio
import os
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, ParamSpec, TypeVar

from aiohttp import StreamReader

from .errors import BadVideo, DiskTrouble, VideoTooLarge

P = ParamSpec("P")
T = TypeVar("T")

_CHUNK = 2**18
_HEAD = 12


async def save(body: StreamReader, target: Path, *, limit: int) -> int:
    """Write `body` to `target` (mode 600) and return its size.

    Raises VideoTooLarge past `limit` bytes, BadVideo where it is not an mp4 (error pages have been saved as videos:
    home-assistant/core issue 107594), DiskTrouble where the file cannot be written.
    """
    head = b""
    while len(head) < _HEAD and (more := await body.read(_HEAD - len(head))):
        head += more
    if head[4:8] != b"ftyp":
        raise BadVideo("the answer is not an mp4")
    chunk, size = head, 0
    with await _disk(_create, target) as file:
        while chunk:
            size += len(chunk)
            if size > limit:
                raise VideoTooLarge(limit)
            await _disk(file.write, chunk)
            chunk = await body.read(_CHUNK)
        await _disk(file.flush)
    return size


def _create(target: Path) -> BinaryIO:
    return os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb")


async def _disk(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    try:
        return await asyncio.to_thread(work, *args, **kwargs)
    except OSError as error:
        raise DiskTrouble(f"cannot keep the video: {error.strerror}") from None
