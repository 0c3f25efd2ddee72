"""The latest pictures of several cameras: downloaded side by side within one bound of time, and kept for a moment."""

import asyncio
import uuid
from collections.abc import AsyncGenerator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from bot.blink import BlinkClient, BlinkError, Camera

from .context import Context, log

_LARGEST = 4 * 2**20  # four of them fit into one request to Discord, which takes 25 MiB
_SLACK = timedelta(seconds=5)  # Blink's clock is known in whole seconds, and a picture's moment may be rounded up


@dataclass(frozen=True, slots=True)
class Thumbnail:
    """A picture on disk; `taken_at` is None where Blink does not tell, or tells of a moment to come."""

    file: Path
    taken_at: datetime | None


@asynccontextmanager
async def latest_pictures(
    context: Context, wanted: Mapping[str, tuple[BlinkClient, Camera]]
) -> AsyncGenerator[dict[str, Thumbnail]]:
    """Hold the latest picture of each camera, fetched by its own client, on disk while the context is open.

    Those that Blink does not have, or does not give in `timing.thumbnails_for` seconds, are missing. May raise
    StoreAway, since a bearer may have to be renewed.
    """
    files = {name: context.folder / f"{uuid.uuid4().hex}.thumbnail.jpg" for name in wanted}
    try:
        try:
            async with asyncio.TaskGroup() as group:
                fetching = {
                    name: group.create_task(_fetched(client, camera, files[name], context.timing.thumbnails_for))
                    for name, (client, camera) in wanted.items()
                }
        except ExceptionGroup as failures:
            raise failures.exceptions[0] from None  # one says enough, and whoever waits knows it by its type
        yield {name: found for name, task in fetching.items() if (found := task.result())}
    finally:
        _remove(files.values())


async def _fetched(client: BlinkClient, camera: Camera, file: Path, seconds: float) -> Thumbnail | None:
    if not camera.picture:
        return None
    try:
        async with asyncio.timeout(seconds):
            await client.download_picture(camera.picture, file, limit=_LARGEST)
    except (BlinkError, TimeoutError) as error:
        log.info("the latest picture of %s did not come: %s", camera.key, str(error) or "it took too long")
        return None
    taken = camera.pictured_at
    return Thumbnail(file, taken if taken and taken <= client.blink_now() + _SLACK else None)


def _remove(files: Iterable[Path]) -> None:
    for file in files:
        file.unlink(missing_ok=True)
