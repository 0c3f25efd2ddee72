"""Download a video or a picture that has been found, and show it in Discord."""

import asyncio
from dataclasses import replace
from functools import partial
from pathlib import Path

from bot.accounts import Session
from bot.blink import BadMedia, BlinkClient, BlinkError, DiskTrouble, MediaTooLarge, RateLimited, Refused, SignedOut
from bot.models import End, Ended, Job, Result

from .step_context import Context, Media, end_of, log
from .usb import Upload

_LARGEST = 256 * 2**20  # larger files are not downloaded; smaller ones are made to fit


async def fetch_video(context: Context, job: Job) -> Job:
    """Download the video and show it where the person wants it."""
    session = await context.access.session(job)
    path = context.media.folder / f"{job.id}.mp4"
    if job.result.usb_at:
        size = await _from_usb(context, session, job, path)
    else:
        assert job.result.media_path is not None
        size = await _download(context, session.client, job, job.result.media_path, path)
    found = replace(job.result, size=size, seconds=await context.media.seconds_of(path))
    shown = job.changed(result=found)
    if size > job.reply.file_limit:
        context.display.progress(shown)
    video = Media(path, size, context.media.shrinker, turn=lambda: context.slot(context.limits.encoders, shown))
    return await deliver(context, session, job, found, video)


async def fetch_picture(context: Context, job: Job) -> Job:
    """Download the picture and show it where the person wants it."""
    assert job.result.media_path is not None
    session = await context.access.session(job)
    path = context.media.folder / f"{job.id}.jpg"
    size = await picture(context, session.client, job.result.media_path, path)
    found = replace(job.result, pictured=True, size=size)
    return await deliver(context, session, job, found, Media(path, size))


async def deliver(context: Context, session: Session, job: Job, found: Result, media: Media) -> Job:
    """Show what was found; raises Ended, without it, if no place takes it."""
    if job.owner and job.round is None:
        media = replace(media, check=partial(context.access.still_allowed, job))
    await media.within(job.reply.file_limit)  # takes long, so before the checks below
    await context.store.still(job)  # raises Superseded if another process has taken the job over meanwhile
    shown = await context.display.deliver(job.changed(result=found), media)
    if shown.too_large:
        raise Ended(End.TOO_LARGE, result=replace(job.result, size=media.size, not_shrunk=shown.not_shrunk))
    if not shown.somewhere:
        result, delivery = replace(job.result, size=media.size), replace(job.delivery, dms_closed=shown.dms_closed)
        raise Ended(End.UNDELIVERABLE, result=result, delivery=delivery)
    size = shown.size or media.size
    delivered = job.ended(
        job.success,
        result=replace(found, size=size, shrunk_from=media.size if size < media.size else None),
        delivery=shown.delivery(told_at=context.now()),
        reply=replace(job.reply, token=None),
    )
    await session.succeeded()
    return await context.save(job, delivered)


async def _from_usb(context: Context, session: Session, job: Job, path: Path) -> int:
    upload = Upload(context, session, job)
    for _ in context.timing.fetch_gaps:
        if not await upload.prepare():
            break
        try:
            size = await _download(context, session.client, job, upload.path, path)
        except Refused as refused:
            log.info("the USB clip is no longer there: %s", refused)
            upload.outdated()
            continue
        if await upload.is_right(size):
            return size
        log.info("the Sync Module gave another clip than the one that was asked for")
    raise Ended(End.VIDEO_LOST)


async def _download(context: Context, client: BlinkClient, job: Job, path: str, target: Path) -> int:
    """Download what Blink has at `path`, and return its size.

    Raises Ended if that fails too often, Refused if a USB list is out of date, and RateLimited if Blink wants a longer
    pause than a person should wait for.
    """
    lost: BlinkError | None = None
    patience = context.timing.look_for
    for gap in (0.0, *context.timing.fetch_gaps):
        pause = gap
        if isinstance(lost, RateLimited):
            pause = max(gap, lost.retry_after)
            if pause > patience:
                raise lost
        patience -= pause
        await asyncio.sleep(pause)
        try:
            async with context.slot(context.limits.downloads, job):
                return await client.download(path, target, limit=_LARGEST)
        except (MediaTooLarge, DiskTrouble, SignedOut):
            raise
        except BlinkError as error:
            log.info("download failed: %s", error)
            if isinstance(error, Refused) and error.stale:
                raise
            lost = error
    if isinstance(lost, RateLimited) or (lost and end_of(lost) is End.TOO_MANY_FILES):
        raise lost
    raise _lost(lost)


async def picture(context: Context, client: BlinkClient, path: str, target: Path) -> int:
    """Download a picture, and return its size; raises BlinkError, and Ended if that fails too often."""
    lost: BlinkError | None = None
    for gap in context.timing.picture_gaps:
        try:
            return await client.download_picture(path, target, again=context.timing.again)
        except (DiskTrouble, RateLimited, SignedOut):
            raise
        except BlinkError as error:
            log.info("the picture failed: %s", error)
            lost = error
            await asyncio.sleep(gap)
    raise _lost(lost)


def _lost(error: BlinkError | None) -> Ended:
    """Return the end of a job whose last download failed with `error`."""
    return Ended(End.INCOMPLETE if isinstance(error, BadMedia) and error.incomplete else End.VIDEO_LOST)
