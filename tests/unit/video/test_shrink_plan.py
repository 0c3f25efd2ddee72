"""Which size and rate a video gets."""

from dataclasses import replace
from fractions import Fraction

import pytest

from bot.video.shrink_plan import FASTEST, Plan, Sound, Source, plan

MIB = 1 << 20
SOUND = Sound("aac", size=30 * 8_000, packets=1300, seconds=30.0, channels=1)
CLIP = Source(1920, 1080, frames=900, begin=Fraction(0), seconds=30.0, sound=SOUND)


def planned(source: Source, limit: int) -> Plan:
    chosen = plan(source, limit)
    assert chosen is not None
    return chosen


@pytest.mark.parametrize(
    ("limit", "width", "height"),
    [(25 * MIB, 1920, 1080), (10 * MIB, 1280, 720), (4 * MIB, 960, 540), (2 * MIB, 640, 360), (MIB, 480, 270)],
)
def test_less_room_means_a_smaller_picture(limit: int, width: int, height: int) -> None:
    chosen = planned(CLIP, limit)
    assert (chosen.width, chosen.height) == (width, height)
    assert (chosen.video_bits + (chosen.sound_bits or 64_000)) * CLIP.seconds / 8 < limit


def test_the_smallest_picture_gets_fewer_frames_before_it_is_given_up() -> None:
    limits = [size * 1024 for size in range(1000, 300, -10)]
    rates = [chosen.most_rate if (chosen := plan(CLIP, limit)) else None for limit in limits]
    assert list(dict.fromkeys(rates)) == [30.0, 15.0, None]


def test_a_small_picture_is_never_made_larger_and_odd_sizes_become_even() -> None:
    chosen = planned(replace(CLIP, width=353, height=287), 10 * MIB)
    assert (chosen.width, chosen.height) == (352, 286)


def test_too_many_frames_a_second_are_thinned() -> None:
    chosen = planned(replace(CLIP, frames=3600), 10 * MIB)
    assert chosen.rate == chosen.most_rate == FASTEST


def test_modest_aac_is_copied() -> None:
    assert planned(CLIP, 10 * MIB).sound_bits is None


@pytest.mark.parametrize(
    ("sound", "bits"),
    [
        (replace(SOUND, size=30 * 40_000), 64_000),
        (replace(SOUND, size=30 * 40_000, channels=2), 96_000),
        (replace(SOUND, codec="pcm_mulaw"), 64_000),
    ],
    ids=["large", "large stereo", "another codec"],
)
def test_other_sound_is_encoded(sound: Sound, bits: int) -> None:
    assert planned(replace(CLIP, sound=sound), 10 * MIB).sound_bits == bits


@pytest.mark.parametrize("source", [replace(CLIP, seconds=36_000.0), replace(CLIP, seconds=1e300), CLIP])
def test_nothing_fits_into_next_to_nothing(source: Source) -> None:
    assert plan(source, 100_000) is None


def test_sound_that_outlasts_the_picture_is_counted() -> None:
    endless = replace(SOUND, size=10 * MIB, packets=100_000, seconds=3600.0)
    assert plan(replace(CLIP, sound=endless), 10 * MIB) is None


def test_a_moment_with_all_the_room_in_the_world_stays_sensible() -> None:
    assert planned(replace(CLIP, frames=3, seconds=0.1, sound=None), 500 * MIB).video_bits == 50_000_000
