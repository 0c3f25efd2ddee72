"""Find the new picture of a camera, and show its latest one while a video is on its way."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

from bot.accounts import Session
from bot.blink import BlinkError, Camera, Inventory, SignedOut
from bot.cameras import Polling
from bot.models import End, Ended, Job

from .step_context import Context, log, target_of

_CLOCKS_DIFFER = 60  # seconds; whose clock dates a picture is documented nowhere


async def note_latest(context: Context, job: Job) -> Job:
    """Save the path of the camera's latest picture, to recognise the new one by its other path."""
    session = await context.access.session(job)
    camera = _camera(await session.inventory(max_age=0), job)
    latest = (camera and camera.picture) or ""
    asked_at, blink_now = context.now(), session.client.blink_now()
    progress = replace(job.progress, picture_before=latest, asked_at=asked_at, blink_started_at=blink_now)
    noted = job.changed(progress=progress)
    await context.store.save(job, noted)
    return noted


async def look(context: Context, job: Job) -> Job:
    """Look for a picture with another path than the one before, and not older than the command.

    Raises Ended if none comes in time, and BlinkError if Blink could not be read at the end.
    """
    assert job.progress.recorded_at is not None
    if job.progress.picture_before is None:
        raise Ended(End.NO_PICTURE)
    session = await context.access.session(job)
    left = context.left(job.progress.recorded_at, context.timing.picture_for)
    gaps = context.timing.picture_gaps
    polling = Polling(gaps[0], longest=gaps[-1])
    camera: Camera | None = None
    trouble: BlinkError | None = None
    while await polling.turn(left()):
        try:
            with polling.question():
                camera = _camera(await session.inventory(max_age=0), job)
        except SignedOut:
            raise
        except BlinkError as error:
            log.info("look failed: %s", error)
            trouble = error
        else:
            if camera and (new := _new_picture(camera, job, slack=camera.pictured_to)):
                return await context.save(job, job.with_picture(new))
            trouble = None
    if camera and (new := _new_picture(camera, job, slack=_CLOCKS_DIFFER)):
        return await context.save(job, job.with_picture(new))
    if trouble and job.progress.confirmed:
        raise trouble
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
        camera = _camera(await session.inventory(max_age=context.timing.inventory_age), job)
        if camera and camera.picture:
            picture = context.media.folder / f"{job.id}.preview.jpg"
            await session.client.download_picture(camera.picture, picture, again=context.timing.again)
            context.display.preview(job, picture)


def _camera(inventory: Inventory, job: Job) -> Camera | None:
    key = target_of(job).key
    return next((camera for camera in inventory.cameras if camera.key == key), None)


def _new_picture(camera: Camera, job: Job, *, slack: int) -> str | None:
    """Return the path of a camera's latest picture.

    Returns None if it is the one before, or by more than `slack` seconds older than the command.
    """
    began, taken = job.progress.blink_started_at, camera.pictured_at
    if camera.picture == job.progress.picture_before:
        return None
    if taken and began and taken + timedelta(seconds=slack) < began:
        return None  # an earlier command's picture, which is listed late
    return camera.picture
