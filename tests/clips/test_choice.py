"""Which recording is a job's own."""

from datetime import timedelta

import pytest

from bot.blink import MediaEntry
from bot.clips.choice import own_videos
from tests.support.jobs import KEY, NOW, a_job

START, END = NOW, NOW + timedelta(seconds=20)
JOB = a_job(blink_started_at=START, blink_recorded_at=END)


def _entry(media_id: int, seconds: float, *, network: int = KEY.network_id, camera: int = KEY.camera_id) -> MediaEntry:
    return MediaEntry(media_id, network, camera, START + timedelta(seconds=seconds), "/x.mp4")


@pytest.mark.parametrize(
    ("entry", "own"),
    [
        (_entry(1, 0), True),
        (_entry(1, -1), False),
        (_entry(1, 20), True),
        (_entry(1, 25), True),
        (_entry(1, 26), False),
        (_entry(1, 5, network=411), False),
        (_entry(1, 5, camera=611), False),
    ],
    ids=["at its start", "a second before", "at its end", "within the slack", "after", "other network", "other camera"],
)
def test_a_recording_is_the_jobs_own_by_network_device_and_time(entry: MediaEntry, own: bool) -> None:
    assert bool(list(own_videos(JOB, [entry], blink_now=END))) is own


def test_the_earliest_is_the_likeliest() -> None:
    found = own_videos(JOB, [_entry(3, 9), _entry(1, 8), _entry(2, 2)], blink_now=END)
    assert [entry.media_id for entry in found] == [2, 1, 3]


def test_without_a_known_end_everything_up_to_now_can_be_it() -> None:
    job = a_job(blink_started_at=START)
    late = _entry(1, 100)
    assert list(own_videos(job, [late], blink_now=START + timedelta(seconds=100))) == [late]
    assert list(own_videos(job, [late], blink_now=START + timedelta(seconds=90))) == []
