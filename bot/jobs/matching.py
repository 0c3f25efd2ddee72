"""Decide which listed recording is a job's own: never by name alone, and never simply the newest."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from bot.blink import Camera, MediaEntry, UsbClip
from bot.cameras import usb_name
from bot.models import Job

_SLACK = timedelta(seconds=5)
_LONGEST = timedelta(minutes=2)  # so long a command is followed; a bot that was away meanwhile learns its end late


def own_videos(
    job: Job, listed: Iterable[MediaEntry], *, blink_now: datetime, before: datetime | None = None
) -> Iterator[MediaEntry]:
    """Yield the recordings that can be this job's, partial ones too, the earliest first.

    A recording is the job's own if it is of the same network and device, and began while the command ran and `before`
    the camera's next command. Photos come last, but count: no source says which type Blink gives to a clip on demand.
    """
    if job.target is None:
        return
    key = job.target.key
    for entry in sorted(listed, key=lambda entry: (entry.photo, entry.created_at, entry.media_id)):
        same = entry.network_id == key.network_id and entry.camera_id == key.camera_id
        if same and happened_in(job, entry.created_at, blink_now=blink_now, before=before):
            yield entry


def own_usb_clips(
    job: Job, listed: Iterable[UsbClip], *, blink_now: datetime, before: datetime | None = None
) -> list[UsbClip]:
    """Return the clips on the camera's USB drive that can be this job's, the earliest first."""
    if job.target is None:
        return []
    name = usb_name(job.target.name)
    return [
        clip
        for clip in sorted(listed, key=lambda clip: clip.created_at)
        if usb_name(clip.camera_name) == name and happened_in(job, clip.created_at, blink_now=blink_now, before=before)
    ]


def happened_in(job: Job, moment: datetime, *, blink_now: datetime, before: datetime | None = None) -> bool:
    """Return whether a moment lies between the command's start by Blink's clock and its end plus 5 s.

    If the end is unknown, now counts as the end, and two minutes at most. A moment that is not `before` the camera's
    next command is outside.
    """
    start = job.progress.blink_started_at
    if start is None or (before is not None and moment >= before):
        return False
    return start <= moment <= min(job.progress.blink_recorded_at or blink_now, start + _LONGEST) + _SLACK


def began_late(job: Job, moment: datetime) -> bool:
    """Return whether a moment lies after the command's known end: it may be motion that came right after."""
    return job.progress.blink_recorded_at is not None and moment > job.progress.blink_recorded_at


def alone_on_usb(camera: Camera, cameras: Iterable[Camera]) -> bool:
    """Return whether no other camera of the network has the same name on its USB drive."""
    return not any(
        other.key != camera.key
        and other.key.network_id == camera.key.network_id
        and usb_name(other.name) == usb_name(camera.name)
        for other in cameras
    )
