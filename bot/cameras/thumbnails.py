"""The latest pictures of several cameras, downloaded side by side within a time limit; shared ones are kept briefly."""

import asyncio
import logging
import shutil
import uuid
from collections.abc import AsyncGenerator, Callable, Coroutine, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeAlias

from bot.blink import BlinkClient, BlinkError, Camera
from bot.video_folder import remove

_log = logging.getLogger("bot.cameras")

_LARGEST = 4 * 2**20  # four of them fit into one request to Discord, which takes 25 MiB
_SLACK = timedelta(seconds=5)  # Blink's clock is known in whole seconds, and a picture's moment may be rounded up


@dataclass(frozen=True, slots=True)
class Thumbnail:
    """A picture on disk; `taken_at` is None if Blink does not say, or names a moment to come."""

    file: Path
    taken_at: datetime | None


Source: TypeAlias = Callable[[Path], Coroutine[Any, Any, Thumbnail | None]]
"""Put a picture into a file; None if there is none."""


PictureKey = tuple[int, str]
"""The account, and where the picture lies, which no two share."""


@asynccontextmanager
async def latest_pictures(folder: Path, wanted: Mapping[str, Source]) -> AsyncGenerator[dict[str, Thumbnail]]:
    """Hold the latest picture of each camera, fetched from its own source, on disk while the context is open.

    Raises StorageUnavailable, since a bearer may have to be renewed.
    """
    files = {name: folder / f"{uuid.uuid4().hex}.thumbnail.jpg" for name in wanted}
    try:
        try:
            async with asyncio.TaskGroup() as group:
                fetching = {name: group.create_task(source(files[name])) for name, source in wanted.items()}
        except ExceptionGroup as failures:
            raise failures.exceptions[0] from None  # one says enough, and the caller catches it by its type
        yield {name: found for name, task in fetching.items() if (found := task.result())}
    finally:
        remove(files.values())


async def fetch_picture(
    client: BlinkClient, camera: Camera, file: Path, *, seconds: float, again: float = 1.0
) -> Thumbnail | None:
    """Fetch the latest picture of a camera; None if Blink has none, or does not give it in so many seconds."""
    if not camera.picture:
        return None
    try:
        async with asyncio.timeout(seconds):
            await client.download_picture(camera.picture, file, limit=_LARGEST, again=again)
    except (BlinkError, TimeoutError) as error:
        _log.info("the latest picture of %s did not come: %s", camera.key, str(error) or "it took too long")
        return None
    taken = camera.pictured_at
    return Thumbnail(file, taken if taken and taken <= client.blink_now() + _SLACK else None)


class SharedThumbnails:
    """Fetch each picture once in `kept` seconds, however many people look at it."""

    def __init__(self, folder: Path, *, kept: float) -> None:
        self._folder = folder
        self._kept = kept
        self._fetching: dict[PictureKey, asyncio.Task[Thumbnail | None]] = {}

    async def fetch(
        self, client: BlinkClient, camera: Camera, file: Path, *, seconds: float | None
    ) -> Thumbnail | None:
        """Put the latest picture of a camera into a file; without `seconds` only one that is kept already."""
        if not camera.picture:
            return None
        key = (client.account_id, camera.picture)
        fetching = self._fetching.get(key)
        if fetching is None:
            if seconds is None:
                return None
            fetching = self._begin(key, client, camera, seconds)
        found = await asyncio.shield(fetching)
        if found is None:
            return None
        try:
            await asyncio.to_thread(shutil.copyfile, found.file, file)
        except OSError:  # its time was over in the meantime
            return None
        return replace(found, file=file)

    def _begin(
        self, key: PictureKey, client: BlinkClient, camera: Camera, seconds: float
    ) -> asyncio.Task[Thumbnail | None]:
        file, loop = self._folder / f"{uuid.uuid4().hex}.kept.jpg", asyncio.get_running_loop()
        task = asyncio.create_task(
            fetch_picture(client, camera, file, seconds=seconds), name="picture of a shared camera"
        )
        self._fetching[key] = task
        task.add_done_callback(lambda _: loop.call_later(self._kept, self._forget, key, file))
        return task

    def _forget(self, key: PictureKey, file: Path) -> None:
        self._fetching.pop(key, None)
        file.unlink(missing_ok=True)
