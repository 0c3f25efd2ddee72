"""How long a video is, read from its header alone."""

import asyncio
from pathlib import Path

LONGEST = 24 * 3600.0


async def seconds_of(video: Path) -> float | None:
    """Return an mp4's length in seconds, or None where its header does not tell one that can be true."""
    return await asyncio.to_thread(_read, video)


def _read(video: Path) -> float | None:
    from tinytag import TinyTag

    try:
        seconds = TinyTag.get(video, tags=False).duration
    except Exception:  # the file is hostile, and the parser promises no error of its own for every nonsense
        return None
    return seconds if seconds is not None and 0 < seconds <= LONGEST else None
