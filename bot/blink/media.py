"""Recordings: turn the pages of their list, and save videos and pictures to disk."""

import asyncio
import os
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from datetime import datetime
from pathlib import Path
from typing import ParamSpec, TypeVar

from aiohttp import ClientResponse

from bot.video_folder import remove

from .errors import BadMedia, DiskTrouble, MediaTooLarge, NotUnderstood, Refused, Unreachable
from .json_models import MediaPage

P = ParamSpec("P")
T = TypeVar("T")

_MOST_PAGES = 20
_PIECE = 2**19  # bytes for each write, since each write needs a thread
_HEAD = 12
_PADDED = 4096
_MOST_BOXES = 10_000
_BOXES = frozenset({b"ftyp", b"styp", b"moov", b"mdat", b"moof", b"sidx", b"mfra", b"uuid", b"free", b"skip", b"wide"})
_TO_THE_END, _IN_EIGHT_BYTES, _SHORTEST = 0, 1, 8


class MediaPages:
    """The pages of an account's list of recordings, whose first page some clients number 1 and some 0.

    The first number is known once page 0 was refused or held something.
    """

    def __init__(self, fetch: Callable[[datetime, int], Awaitable[MediaPage]]) -> None:
        self._fetch = fetch
        self._first: int | None = None
        self._next_try = 0

    async def since(self, since: datetime, *, at_once: bool) -> AsyncGenerator[MediaPage]:
        """Yield page after page.

        While the first number is unknown, `at_once` fetches both candidates; otherwise calls try one each, in turn.
        """
        number, page = await self._begin(since, at_once=at_once)
        yield page
        for following in range(number + 1, number + _MOST_PAGES):
            before, page = page, await self._fetch(since, following)
            if following == 1 and _ids(page) == _ids(before):  # page 0 is another name of page 1
                self._first = 1
            else:
                yield page

    async def _begin(self, since: datetime, *, at_once: bool) -> tuple[int, MediaPage]:
        if self._first is not None:
            return self._first, await self._fetch(since, self._first)
        if at_once:
            page = await self._fetch(since, 1)
            return (1, page) if page.media else (0, await self._page_0(since) or page)
        this_try, self._next_try = self._next_try, 1 - self._next_try
        if this_try == 0 and (page := await self._page_0(since)):
            return 0, page
        return 1, await self._fetch(since, 1)

    async def _page_0(self, since: datetime) -> MediaPage | None:
        """Return page 0. Returns None if there is none: Blink may refuse it if it counts from 1."""
        try:
            page = await self._fetch(since, 0)
        except Refused:
            self._first = 1
            return None
        except (Unreachable, NotUnderstood):
            return None
        if page.media:
            self._first = 0
        return page


def _ids(page: MediaPage) -> list[int | None]:
    return [entry.id if entry else None for entry in page.media]


def is_mp4(head: bytes) -> bool:
    """Return whether a file that begins with these bytes is an mp4."""
    return head[4:8] == b"ftyp"


def is_whole_mp4(video: Path) -> bool:
    """Return whether an mp4 has everything that its boxes (ISO/IEC 14496-12) promise; Blink can send half a file.

    An unknown box ends the check, so that an odd file does not count as broken; so do more boxes than any video has.
    """
    size, at, playable, seen = video.stat().st_size, 0, False, 0
    with video.open("rb") as file:
        while at < size:
            seen += 1
            file.seek(at)
            head = file.read(16)
            length, kind = int.from_bytes(head[:4], "big"), head[4:8]
            if length == _IN_EIGHT_BYTES:
                length = int.from_bytes(head[8:], "big")
            elif length == _TO_THE_END:
                length = size - at
            if kind not in _BOXES or length < _SHORTEST or seen > _MOST_BOXES:
                return True
            playable = playable or kind == b"moov"
            at += length
    return playable and at == size


def is_jpeg(head: bytes) -> bool:
    """Return whether a file that begins with these bytes is a JPEG."""
    return head[:3] == b"\xff\xd8\xff"


def is_whole_jpeg(picture: Path) -> bool:
    """Return whether a JPEG has its end, which some writers pad."""
    with picture.open("rb") as file:
        file.seek(max(0, picture.stat().st_size - _PADDED))
        return file.read().rstrip(b"\0\r\n ").endswith(b"\xff\xd9")


async def save(
    response: ClientResponse,
    target: Path,
    *,
    limit: int,
    has_head: Callable[[bytes], bool] = is_mp4,
    is_whole: Callable[[Path], bool] = is_whole_mp4,
) -> int:
    """Write the body of `response` to `target` (mode 600) and return its size; delete `target` on failure.

    Raises MediaTooLarge above `limit` bytes, BadMedia if the head is wrong (error pages have been saved as videos:
    home-assistant/core issue 107594) or the file is not whole, DiskTrouble if it cannot be written.
    """
    if (response.content_length or 0) > limit:
        raise MediaTooLarge(limit)
    size = 0
    try:
        async with aclosing(_pieces(response)) as pieces:
            async for piece in pieces:
                if not size and (len(piece) < _HEAD or not has_head(bytes(piece[:_HEAD]))):
                    raise BadMedia("the answer is not what was asked for")
                if size + len(piece) > limit:
                    raise MediaTooLarge(limit)
                await in_thread(write, target, piece, first=not size)
                size += len(piece)
        if size and not await in_thread(is_whole, target):
            raise BadMedia("the end of the file is missing", incomplete=True)
    except BaseException:
        await in_thread(remove, [target])
        raise
    if not size:
        raise BadMedia("the answer is empty")
    return size


async def _pieces(response: ClientResponse) -> AsyncGenerator[bytearray]:
    """Yield the body in pieces that are large enough for a write; the first piece holds the head."""
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


def write(target: Path, piece: bytearray, *, first: bool) -> None:
    """Write the next piece of a file, or its `first` one (mode 600) in place of what stood there."""
    if first:
        target.unlink(missing_ok=True)
    mode = os.O_CREAT | os.O_EXCL if first else os.O_APPEND
    with os.fdopen(os.open(target, os.O_WRONLY | mode, 0o600), "wb") as file:
        file.write(piece)


async def to_its_end(work: Awaitable[T]) -> T:
    """Await `work`, and wait for its end even if this task is cancelled meanwhile."""
    running = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        await asyncio.wait({running})
        raise


async def in_thread(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run `work` in a thread to its end. Raises DiskTrouble if it raises an OSError."""
    try:
        return await to_its_end(asyncio.to_thread(work, *args, **kwargs))
    except OSError as error:
        raise DiskTrouble(f"cannot keep the download: {error.strerror}", errno=error.errno) from None
