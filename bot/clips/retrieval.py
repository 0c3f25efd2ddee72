"""Finding a recording's own video, fetching it, and handing it to Discord."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from bot.blink import (
    BadMedia,
    BlinkClient,
    BlinkError,
    DiskTrouble,
    MediaTooLarge,
    NotUnderstood,
    RateLimited,
    Refused,
    SignedOut,
    Unreachable,
)

from .choice import own_videos
from .context import Context, log
from .ends import Ended
from .model import End, Job, Stage

_EARLIER = timedelta(seconds=5)


async def look(context: Context, job: Job) -> Job:
    """Look for the video among the recordings that Blink lists, until its time is over."""
    assert job.recorded_at is not None
    if (context.now() - job.created_at).total_seconds() > context.timing.too_late:
        raise Ended(End.FOUND_TOO_LATE)
    client = (await context.household(job)).client
    deadline = job.recorded_at + timedelta(seconds=context.timing.look_for)
    for gap in context.timing.looks():
        pause = gap
        try:
            found = await _own_video(context, client, job)
        except SignedOut:
            raise
        except BlinkError as error:
            log.info("look failed: %s", error)
            if isinstance(error, RateLimited):
                pause = max(gap, error.retry_after)
        else:
            if found:
                return found
        left = (deadline - context.now()).total_seconds()
        if left <= 0:
            break
        await asyncio.sleep(min(pause, left))
    raise Ended(End.NO_VIDEO if job.confirmed else End.UNCONFIRMED)


async def fetch(context: Context, job: Job) -> Job:
    """Download the video and put it where the person wants it."""
    assert job.media_path is not None
    household = await context.household(job)
    video = context.folder / f"{job.id}.mp4"
    try:
        size = await _download(context, household.client, job.media_path, video, limit=job.reply.file_limit)
        job = job.changed(size=size)
        told = await context.display.deliver(job, video)
    finally:
        await asyncio.to_thread(video.unlink, missing_ok=True)
    if told.too_large:
        raise Ended(End.TOO_LARGE, size=size)
    if not told.reply and not told.dm:
        raise Ended(End.UNDELIVERABLE, size=size, dms_closed=told.dms_closed)
    delivered = job.ended(
        End.DELIVERED,
        sent_as_dm=told.dm,
        dms_closed=told.dms_closed,
        told_at=context.now(),
        reply=replace(job.reply, token=None),
    )
    await household.succeeded()
    return await context.save(job, delivered)


async def _own_video(context: Context, client: BlinkClient, job: Job) -> Job | None:
    assert job.blink_started_at is not None
    listed = await client.media_since(job.blink_started_at - _EARLIER)
    for entry in own_videos(job, listed, blink_now=client.blink_now()):
        found = job.moved(Stage.FETCHING, media_id=entry.media_id, media_path=entry.path)
        if await context.store.claim_media(job, found):
            return context.written(job, found)
    return None


async def _download(context: Context, client: BlinkClient, path: str, video: Path, *, limit: int) -> int:
    for gap in context.timing.fetch_gaps:
        try:
            return await client.download(path, video, limit=limit)
        except (MediaTooLarge, DiskTrouble, SignedOut):
            raise
        except (BadMedia, NotUnderstood, RateLimited, Refused, Unreachable) as error:
            log.info("download failed: %s", error)
            await asyncio.sleep(max(gap, error.retry_after) if isinstance(error, RateLimited) else gap)
    try:
        return await client.download(path, video, limit=limit)
    except (BadMedia, NotUnderstood, Refused, Unreachable) as error:
        if isinstance(error, MediaTooLarge):
            raise
        raise Ended(End.VIDEO_LOST) from error
