"""Find the new picture of a camera, and show its latest one while a video is on its way."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

from bot.accounts import Session
from bot.blink import BlinkError, Inventory, SignedOut
from bot.cameras import Polling
from bot.models import End, Ended, Job

from .step_context import Context, log, target_of


async def note_latest(context: Context, job: Job) -> Job:
    """Save the path of the camera's latest picture, to recognise the new one by its other path."""
    session = await context.access.session(job)
    latest = _latest(await session.inventory(max_age=0), job) or ""
    asked_at, blink_now = context.now(), session.client.blink_now()
    progress = replace(job.progress, picture_before=latest, asked_at=asked_at, blink_started_at=blink_now)
    noted = job.changed(progress=progress)
    await context.store.save(job, noted)
    return noted


async def look(context: Context, job: Job) -> Job:
    """Look for a picture with another path than the one before.

    Raises Ended if none comes in time.
    """
    assert job.progress.recorded_at is not None
    if job.progress.picture_before is None:
        raise Ended(End.NO_PICTURE)
    session = await context.access.session(job)
    deadline = job.progress.recorded_at + timedelta(seconds=context.timing.picture_for)
    gaps = context.timing.picture_gaps
    polling = Polling(gaps[0], longest=gaps[-1])
    while await polling.turn((deadline - context.now()).total_seconds()):
        try:
            with polling.question():
                latest = _latest(await session.inventory(max_age=0), job)
        except SignedOut:
            raise
        except BlinkError as error:
            log.info("look failed: %s", error)
        else:
            if latest and latest != job.progress.picture_before:
                return await context.save(job, job.with_picture(latest))
    raise Ended(End.NO_PICTURE if job.progress.confirmed else End.UNCONFIRMED)


@asynccontextmanager
async def previewed(context: Context, session: Session, job: Job) -> AsyncGenerator[None]:
    """Show the camera's latest picture beside the progress, if it is fetched while the context is open."""
    fetching = asyncio.create_task(_preview(context, session, job), name="preview")
    try:
        yield
    finally:
        fetching.cancel()
        await asyncio.gather(fetching, return_exceptions=True)


async def _preview(context: Context, session: Session, job: Job) -> None:
    if not await context.access.shows_state(job.owner):
        return
    with contextlib.suppress(BlinkError):
        latest = _latest(await session.inventory(max_age=context.timing.inventory_age), job)
        if latest:
            picture = context.media.folder / f"{job.id}.preview.jpg"
            await session.client.download_picture(latest, picture, again=context.timing.again)
            context.display.preview(job, picture)


def _latest(inventory: Inventory, job: Job) -> str | None:
    key = target_of(job).key
    return next((camera.picture for camera in inventory.cameras if camera.key == key), None)
