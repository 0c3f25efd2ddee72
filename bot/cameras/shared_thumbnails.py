"""The latest pictures of shared cameras, kept for some seconds so that each is fetched seldom."""

import asyncio
import shutil
import uuid
from dataclasses import replace
from pathlib import Path

from bot.blink import BlinkClient, Camera

from .thumbnails import Thumbnail, fetch_picture

_Key = tuple[int, str]  # the account, and where the picture lies, which no two share


class SharedThumbnails:
    """Fetch each picture once in `kept` seconds, however many people look at it."""

    def __init__(self, folder: Path, *, kept: float) -> None:
        self._folder = folder
        self._kept = kept
        self._fetching: dict[_Key, asyncio.Task[Thumbnail | None]] = {}

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

    def _begin(self, key: _Key, client: BlinkClient, camera: Camera, seconds: float) -> asyncio.Task[Thumbnail | None]:
        file, loop = self._folder / f"{uuid.uuid4().hex}.kept.jpg", asyncio.get_running_loop()
        task = asyncio.create_task(
            fetch_picture(client, camera, file, seconds=seconds), name="picture of a shared camera"
        )
        self._fetching[key] = task
        task.add_done_callback(lambda _: loop.call_later(self._kept, self._forget, key, file))
        return task

    def _forget(self, key: _Key, file: Path) -> None:
        self._fetching.pop(key, None)
        file.unlink(missing_ok=True)
