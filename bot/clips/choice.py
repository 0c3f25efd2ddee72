"""Which listed recording is a job's own: never by name, never "the newest"."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from bot.blink import MediaEntry

from .model import Job

_SLACK = timedelta(seconds=5)


def own_videos(job: Job, listed: Iterable[MediaEntry], *, blink_now: datetime) -> Iterator[MediaEntry]:
    """Yield the recordings that can be this job's, the likeliest (earliest) first.

    A recording is the job's own if it is of the same network and device and began between the command's start, by
    Blink's clock, and the command's end plus 5 s. Where the end is unknown, everything up to now can be it.
    """
    target, start = job.target, job.blink_started_at
    if target is None or start is None:
        return
    end = (job.blink_recorded_at or blink_now) + _SLACK
    for entry in sorted(listed, key=lambda entry: (entry.created_at, entry.media_id)):
        same = entry.network_id == target.key.network_id and entry.camera_id == target.key.camera_id
        if same and start <= entry.created_at <= end:
            yield entry
