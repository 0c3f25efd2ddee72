"""Which recording is a job's own."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.blink import Camera, MediaEntry, UsbClip
from bot.cameras import usb_name
from bot.jobs.matching import alone_on_usb, own_usb_clips, own_videos
from bot.models import CameraKey, CameraKind
from tests.support.jobs import KEY, NOW, TARGET, a_job

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


@pytest.mark.parametrize("known", [False, True], ids=["unknown", "learned late"])
def test_however_late_its_end_is_learned_a_command_lasts_two_minutes_at_most(known: bool) -> None:
    later = START + timedelta(minutes=40)
    job = a_job(blink_started_at=START, blink_recorded_at=later if known else None)
    assert [one.media_id for one in own_videos(job, [_entry(1, 125), _entry(2, 126)], blink_now=later)] == [1]


def test_what_began_with_the_cameras_next_command_is_not_the_jobs_own() -> None:
    before = START + timedelta(seconds=22)
    found = own_videos(JOB, [_entry(1, 21), _entry(2, 22), _entry(3, 23)], blink_now=END, before=before)
    assert [entry.media_id for entry in found] == [1]


def test_one_that_is_still_written_keeps_its_place_before_later_ones() -> None:
    partial = replace(_entry(2, 1), partial=True)
    assert list(own_videos(JOB, [_entry(1, 4), partial], blink_now=END)) == [partial, _entry(1, 4)]


def test_before_its_command_began_nothing_is_a_jobs_own() -> None:
    assert list(own_videos(a_job(), [_entry(1, 0)], blink_now=END)) == []
    assert list(own_videos(a_job(target=None, blink_started_at=START), [_entry(1, 0)], blink_now=END)) == []
    assert own_usb_clips(a_job(target=None), [_clip("FrontDoor", 0)], blink_now=END) == []


def _clip(name: str, seconds: float, number: int = 1) -> UsbClip:
    return UsbClip(number, name, START + timedelta(seconds=seconds))


@pytest.mark.parametrize(
    ("clip", "own"),
    [
        (_clip("FrontDoor", 0), True),
        (_clip("frontdoor", 25), True),
        (_clip("FrontDoor", -1), False),
        (_clip("FrontDoor", 26), False),
        (_clip("FrontDoor2", 5), False),
        (_clip("Front", 5), False),
        (_clip("", 5), False),
    ],
    ids=["at its start", "in lower case", "a second before", "after", "longer name", "shorter name", "no name"],
)
def test_a_clip_on_a_drive_is_the_jobs_own_by_what_is_left_of_its_name_and_by_time(clip: UsbClip, own: bool) -> None:
    assert bool(own_usb_clips(JOB, [clip], blink_now=END)) is own


def test_on_a_drive_too_the_earliest_is_the_likeliest_and_the_next_command_the_bound() -> None:
    clips = [_clip("FrontDoor", 9, 3), _clip("FrontDoor", 2, 2), _clip("FrontDoor", 12, 4)]
    found = own_usb_clips(JOB, clips, blink_now=END, before=START + timedelta(seconds=12))
    assert [clip.clip_id for clip in found] == [2, 3]


@pytest.mark.parametrize(
    ("name", "left"),
    [
        ("Front Door", "frontdoor"),
        ("front-door!", "frontdoor"),
        ("Großmutter's Tür (2)", "grossmutterstür2"),
        ("Ｆｒｏｎｔ", "front"),  # noqa: RUF001 - wide letters
        ("snake_case", "snakecase"),
        ("🏠", "🏠"),
        ("", ""),
    ],
)
def test_a_name_on_a_drive_is_its_letters_and_digits_unless_it_has_none(name: str, left: str) -> None:
    assert usb_name(name) == left


def _camera(number: int, name: str, network: int = KEY.network_id) -> Camera:
    key = CameraKey(CameraKind.CAMERA, network, number)
    return Camera(key=key, name=name, network="Home", model="Outdoor", online=True)


@pytest.mark.parametrize(
    ("other", "alone"),
    [
        (_camera(611, "front-door"), False),
        (_camera(611, "FRONT DOOR"), False),
        (_camera(611, "Front Door 2"), True),
        (_camera(611, "Front Door", network=411), True),
    ],
    ids=["same letters", "other case", "another name", "another network"],
)
def test_a_camera_is_alone_on_its_drive_where_no_other_of_its_network_is_called_so(other: Camera, alone: bool) -> None:
    camera = _camera(KEY.camera_id, TARGET.name)
    assert alone_on_usb(camera, [camera, other]) is alone


@pytest.mark.parametrize("seconds", [1, 5, 20], ids=["before", "between", "after"])
def test_a_photo_comes_after_every_other_recording(seconds: float) -> None:
    photo = replace(_entry(1, seconds), photo=True)
    clip, late = _entry(2, 2), replace(_entry(3, 9), partial=True)
    assert list(own_videos(JOB, [photo, late, clip], blink_now=END)) == [clip, late, photo]


def test_a_photo_alone_can_be_the_clip() -> None:
    photo = replace(_entry(1, 1), photo=True)
    assert list(own_videos(JOB, [photo], blink_now=END)) == [photo]
