"""A recorded live view becomes an mp4 that plays from its first key frame on, however it came."""

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.video.remux import Film, remux
from tests.support.live_streams import (
    CLOCK,
    GROUP,
    LAP,
    PARAMETERS,
    RATE,
    SOUND,
    TABLES,
    VIDEO,
    Live,
    Played,
    from_picture,
    in_one_session,
    play,
    stream,
    thinned,
    without,
    without_between,
)
from tests.unit.video.films import contents_come_first

EIGHT = list(range(8 * RATE))  # the numbers of the pictures of a whole live view
AFTER_FIRST_GROUP = EIGHT[GROUP:]
FRAME_OF_SOUND = 0.064  # seconds
PART = 4.0  # seconds of one of two time lines
JUNK = b"\0junk\x47junk" * 9


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    """Where the recorder leaves what came."""
    return tmp_path / "live.ts"


def remuxed(raw: Path, content: bytes, *, most_seconds: float = 60.0, sound: bool = True) -> tuple[Film, Played]:
    """Remux it, and return what the mp4 is said to be and what it is."""
    raw.write_bytes(content)
    target = raw.with_suffix(".mp4")
    film = remux(str(raw), str(target), most_seconds=most_seconds, sound=sound)
    assert film is not None
    played = play(target)
    assert film.seconds == pytest.approx(played.seconds, abs=FRAME_OF_SOUND)
    assert film.sound == ("aac" in played.codecs)
    assert played.times[0] == 0.0
    return film, played


def two_time_lines(at: float) -> tuple[bytes, bytes]:
    """Return a live view from second 1 to 5 of the camera's clock, and how it goes on at another second."""
    return stream(Live(seconds=PART)), stream(Live(seconds=PART, first=round(PART * RATE), at=at))


def test_all_of_it_plays_as_it_came(raw: Path) -> None:
    film, played = remuxed(raw, stream(Live()))
    assert played.numbers == EIGHT
    assert played.times == pytest.approx([number / RATE for number in EIGHT], abs=0.001)
    assert played.seconds == pytest.approx(8.0, abs=0.01)
    assert played.codecs == ("h264", "aac")
    assert (played.heard, played.heard_from) == (pytest.approx(8.0, abs=FRAME_OF_SOUND), 0.0)
    assert played.damaged == 0
    assert film.skipped == pytest.approx(FRAME_OF_SOUND)
    assert contents_come_first(raw.with_suffix(".mp4"))


@pytest.mark.parametrize(
    "content",
    [
        lambda: from_picture(stream(Live()), 10),
        lambda: JUNK + from_picture(stream(Live()), 10)[77:],
        lambda: JUNK + stream(Live())[1000:],
    ],
    ids=["mid-GOP", "mid-GOP and misaligned", "misaligned"],
)
def test_it_starts_at_the_first_key_frame_with_its_sound(
    raw: Path, content: Callable[[], bytes], capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    film, played = remuxed(raw, content())
    assert played.numbers == AFTER_FIRST_GROUP
    assert played.seconds == pytest.approx(6.0, abs=0.01)
    assert played.heard == pytest.approx(6.0, abs=2 * FRAME_OF_SOUND)
    assert played.heard_from == pytest.approx(0.0, abs=FRAME_OF_SOUND)
    assert played.damaged == 0
    assert film.skipped > 1.0
    assert (capfd.readouterr().err, caplog.text) == ("", "")


@pytest.mark.parametrize("after", [3.0, 11.0])
def test_parameters_of_the_picture_that_come_late_are_waited_for(raw: Path, after: float) -> None:
    content = stream(Live(seconds=14.0, headers_after=after))
    assert PARAMETERS not in content[: len(content) // 5]
    assert remuxed(raw, content)[1].numbers == list(range(14 * RATE))


@pytest.mark.parametrize("left", [-1, -100, -188, -1000, 50_000, 40_001])
def test_a_cut_tail_plays_up_to_the_cut(raw: Path, left: int) -> None:
    content = stream(Live())[:left]
    film, played = remuxed(raw, content)
    assert played.numbers == EIGHT[: len(played.numbers)]
    assert film.seconds == pytest.approx(8.0 * len(content) / len(stream(Live())), abs=0.3)
    assert played.damaged == 0


def test_tables_that_are_missing_at_first_do_no_harm(raw: Path) -> None:
    _, played = remuxed(raw, without_between(stream(Live()), 0, 0.5, *TABLES))
    assert played.numbers == EIGHT
    assert played.heard == pytest.approx(8.0, abs=FRAME_OF_SOUND)


@pytest.mark.parametrize("at", [400.0, 90_000.0, 7.5, 4.0, 0.5], ids="at {} s".format)
def test_a_clock_that_jumps_is_joined(raw: Path, at: float) -> None:
    _, played = remuxed(raw, in_one_session(*two_time_lines(at)))
    assert played.numbers == EIGHT
    assert played.seconds == pytest.approx(8.0, abs=0.2)
    assert played.heard == pytest.approx(8.0, abs=0.2)
    assert played.damaged == 0


def test_the_sound_stays_with_the_picture_over_a_jump(raw: Path) -> None:
    _, jumped = remuxed(raw, in_one_session(*two_time_lines(400.0)))
    assert jumped.heard == pytest.approx(jumped.times[-1], abs=2 * FRAME_OF_SOUND)


def test_a_clock_that_jumps_in_silence_is_joined(raw: Path) -> None:
    _, played = remuxed(raw, in_one_session(*two_time_lines(400.0)), sound=False)
    assert played.numbers == EIGHT
    assert played.times == pytest.approx([number / RATE for number in EIGHT], abs=0.001)


def test_two_sessions_in_one_file_lose_one_picture_at_the_seam(raw: Path) -> None:
    _, played = remuxed(raw, JUNK.join(two_time_lines(400.0)))
    assert played.numbers == [number for number in EIGHT if number != PART * RATE - 1]
    assert played.seconds == pytest.approx(8.0, abs=0.2)


def test_a_short_gap_stays_a_gap(raw: Path) -> None:
    _, played = remuxed(raw, in_one_session(*two_time_lines(6.5)))
    assert played.numbers == EIGHT
    assert played.seconds == pytest.approx(9.5, abs=0.1)


def test_sound_that_pauses_does_not_move_the_picture(raw: Path) -> None:
    _, played = remuxed(raw, without_between(stream(Live()), 0.25, 0.75, SOUND))
    assert played.numbers == EIGHT
    assert played.seconds == pytest.approx(8.0, abs=0.01)
    assert played.heard == pytest.approx(4.0, abs=0.3)


@pytest.mark.parametrize("before", [4.0, 0.5])
def test_a_clock_that_wraps_goes_on(raw: Path, before: float) -> None:
    _, played = remuxed(raw, stream(Live(at=LAP / CLOCK - before)))
    assert played.numbers == EIGHT
    assert played.times == pytest.approx([number / RATE for number in EIGHT], abs=0.001)
    assert played.heard == pytest.approx(8.0, abs=2 * FRAME_OF_SOUND)


@pytest.mark.parametrize("share", [0.02, 0.1])
def test_what_is_lost_on_the_way_costs_no_more_than_that(raw: Path, share: float) -> None:
    _, played = remuxed(raw, thinned(stream(Live()), share))
    assert played.numbers[0] == 0
    assert len(played.numbers) > len(EIGHT) * (1 - 2 * share)
    assert played.seconds == pytest.approx(8.0, abs=0.2)
    assert played.heard > 5.0


@pytest.mark.parametrize(
    ("content", "sound"),
    [
        (lambda: stream(Live()), False),
        (lambda: stream(Live(sound=False)), True),
        (lambda: without(stream(Live()), SOUND), True),
        (lambda: stream(Live(latm=True)), True),
    ],
    ids=["not wanted", "none", "announced and never sent", "LATM"],
)
def test_without_usable_sound_it_is_silent(raw: Path, content: Callable[[], bytes], sound: bool) -> None:
    _, played = remuxed(raw, content(), sound=sound)
    assert played.codecs == ("h264",)
    assert played.numbers == EIGHT


def test_sound_that_comes_after_the_end_is_no_sound(raw: Path) -> None:
    content = without_between(stream(Live()), 0, 0.5, SOUND)
    assert remuxed(raw, content)[1].codecs == ("h264", "aac")
    assert remuxed(raw, content, most_seconds=2.0)[1].codecs == ("h264",)


def test_sound_that_ends_before_the_first_key_frame_is_no_sound(raw: Path) -> None:
    film, played = remuxed(raw, without_between(from_picture(stream(Live()), 10), 0.1, 1, SOUND))
    assert played.codecs == ("h264",)
    assert played.numbers == AFTER_FIRST_GROUP
    assert film.skipped > 1.0


def test_hevc_gets_the_tag_that_every_player_takes(raw: Path) -> None:
    _, played = remuxed(raw, stream(Live(codec="libx265")))
    assert (played.codecs, played.tag) == (("hevc", "aac"), "hvc1")
    assert played.numbers == EIGHT


@pytest.mark.parametrize(
    ("content", "first"),
    [(lambda: stream(Live()), 0), (lambda: from_picture(stream(Live()), 10), GROUP)],
    ids=["whole", "mid-GOP"],
)
def test_it_ends_after_the_wished_seconds_of_pictures(raw: Path, content: Callable[[], bytes], first: int) -> None:
    _, played = remuxed(raw, content(), most_seconds=3.0)
    assert played.numbers == EIGHT[first : first + 3 * RATE]
    assert played.seconds == pytest.approx(3.0, abs=FRAME_OF_SOUND)
    assert played.heard == pytest.approx(3.0, abs=2 * FRAME_OF_SOUND)


@pytest.mark.parametrize(
    "content",
    [
        lambda: b"",
        lambda: b"\x47" * 100_000,
        lambda: bytes(100_000),
        lambda: random.Random(1).randbytes(100_000),
        lambda: without(stream(Live()), VIDEO),
        lambda: from_picture(stream(Live(seconds=2)), 5),
        lambda: stream(Live(headers_after=99)),
    ],
    ids=["nothing", "sync bytes", "zeros", "noise", "sound alone", "no key frame", "no parameters"],
)
def test_without_a_picture_there_is_no_video(raw: Path, content: Callable[[], bytes]) -> None:
    raw.write_bytes(content())
    target = raw.with_suffix(".mp4")
    assert remux(str(raw), str(target), most_seconds=60.0, sound=True) is None
    assert not target.exists()


def test_one_that_is_too_short_is_not_written(raw: Path) -> None:
    raw.write_bytes(stream(Live(seconds=0.8)))
    target = raw.with_suffix(".mp4")
    film = remux(str(raw), str(target), most_seconds=60.0, sound=True)
    assert film is not None
    assert film.seconds == pytest.approx(0.8)
    assert not target.exists()
