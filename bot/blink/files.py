"""Puts a video or a picture on disk as it arrives: bounded in size, and only if it is one."""

import asyncio
import os
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from pathlib import Path
from typing import ParamSpec, TypeVar

from aiohttp import ClientResponse

from bot.tidying import remove

from .errors import BadMedia, DiskTrouble, MediaTooLarge

P = ParamSpec("P")
T = TypeVar("T")

_PIECE = 2**19  # each costs a turn of a thread
_HEAD = 12
_PADDED = 4096
_BOXES = frozenset({b"ftyp", b"styp", b"moov", b"mdat", b"moof", b"sidx", b"mfra", b"uuid", b"free", b"skip", b"wide"})
_TO_THE_END, _IN_EIGHT_BYTES, _SHORTEST = 0, 1, 8


def is_mp4(head: bytes) -> bool:
    """Say whether a file that begins like this is an mp4."""
    return head[4:8] == b"ftyp"


def is_whole_mp4(video: Path) -> bool:
    """Say whether an mp4 lacks nothing that its boxes (ISO/IEC 14496-12) promise; half a file can come as a whole one.

    An unknown box ends the check, so that an odd file is not taken for a broken one.
    """
    size, at, playable = video.stat().st_size, 0, False
    with video.open("rb") as file:
        while at < size:
            file.seek(at)
            head = file.read(16)
            length, kind = int.from_bytes(head[:4], "big"), head[4:8]
            if length == _IN_EIGHT_BYTES:
                length = int.from_bytes(head[8:], "big")
            elif length == _TO_THE_END:
                length = size - at
            if kind not in _BOXES or length < _SHORTEST:
                return True
            playable = playable or kind == b"moov"
            at += length
    return playable and at == size


def is_whole_jpeg(picture: Path) -> bool:
    """Say whether a JPEG has its end, which some writers pad."""
    with picture.open("rb") as file:
        file.seek(max(0, picture.stat().st_size - _PADDED))
        return file.read().rstrip(b"\0\r\n ").endswith(b"\xff\xd9")


def is_jpeg(head: bytes) -> bool:
    """Say whether a file that begins like this is a JPEG."""
    return head[:3] == b"\xff\xd8\xff"


async def save(
    response: ClientResponse,
    target: Path,
    *,
    limit: int,
    right: Callable[[bytes], bool] = is_mp4,
    whole: Callable[[Path], bool] = is_whole_mp4,
) -> int:
    """Write the body of `response` to `target` (mode 600) and return its size; on failure `target` is gone.

    Raises MediaTooLarge past `limit` bytes, BadMedia if its head is not `right` (error pages have been saved as
    videos: home-assistant/core issue 107594) or it is not `whole`, DiskTrouble if it cannot be written.
    """
    if (response.content_length or 0) > limit:
        raise MediaTooLarge(limit)
    size = 0
    try:
        async with aclosing(_pieces(response)) as pieces:
            async for piece in pieces:
                if not size and (len(piece) < _HEAD or not right(bytes(piece[:_HEAD]))):
                    raise BadMedia("the answer is not what was asked for")
                if size + len(piece) > limit:
                    raise MediaTooLarge(limit)
                await _disk(_append if size else _create, target, piece)
                size += len(piece)
        if size and not await _disk(whole, target):
            raise BadMedia("the end of the file is missing", incomplete=True)
    except BaseException:
        await _disk(remove, [target])
        raise
    if not size:
        raise BadMedia("the answer is empty")
    return size


async def _pieces(response: ClientResponse) -> AsyncGenerator[bytearray]:
    """Yield the body in pieces large enough to be worth a write; the first holds the head."""
    waiting = bytearray()
    seen_head = False
    async for chunk in response.content.iter_any():
        waiting += chunk
        if len(waiting) >= (_PIECE if seen_head else _HEAD):
            seen_head = True
            yield waiting
            waiting = bytearray()
    if waiting:
        yield waiting


def _create(target: Path, piece: bytearray) -> None:
    target.unlink(missing_ok=True)
    _write(target, piece, os.O_CREAT | os.O_EXCL)


def _append(target: Path, piece: bytearray) -> None:
    _write(target, piece, os.O_APPEND)


def _write(target: Path, piece: bytearray, how: int) -> None:
    with os.fdopen(os.open(target, os.O_WRONLY | how, 0o600), "wb") as file:
        file.write(piece)


async def _disk(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run `work` in a thread; it is waited for even if we are cancelled, or it would go on behind our back."""
    running = asyncio.ensure_future(asyncio.to_thread(work, *args, **kwargs))
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        await asyncio.wait({running})
        raise
    except OSError as error:
        raise DiskTrouble(f"cannot keep the download: {error.strerror}", errno=error.errno) from None
