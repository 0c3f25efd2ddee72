"""Reads the length of a video from its header alone."""

import asyncio
import io
from pathlib import Path

LONGEST = 24 * 3600.0
_MOST_BYTES = 2**20
_MOST_READS = 5_000


async def seconds_of(video: Path) -> float | None:
    """Return an mp4's length in seconds, None if its header has none that can be true."""
    return await asyncio.to_thread(_read, video)


def _read(video: Path) -> float | None:
    from tinytag import TinyTag

    try:
        with _Frugal(video) as file:
            seconds = TinyTag.get(str(video), file_obj=file, tags=False).duration
    except Exception:  # the file is hostile, and the parser promises no error of its own for every nonsense
        return None
    return seconds if seconds is not None and 0 < seconds <= LONGEST else None


class _Frugal(io.FileIO):
    """A file that gives out only as much as an honest header needs, however large a box says it is."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._bytes = _MOST_BYTES
        self._reads = _MOST_READS

    def read(self, size: int | None = -1, /) -> bytes:
        """Read on; raises OSError past the budget."""
        if size is None or size < 0 or size > self._bytes or not self._reads:
            raise OSError("more than a header needs")
        self._bytes -= size
        self._reads -= 1
        return super().read(size) or b""
