"""The clock of a recording: what the pictures of a stream say about its length."""

import itertools
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.blink.live.mpegts import MediaClock

from .streams import H264, HEVC, SECOND, film, packets, payloads, picture, tables


def measured(*pieces: bytes) -> float | None:
    clock = MediaClock()
    for piece in pieces:
        clock.feed(piece)
    return clock.seconds


@pytest.mark.parametrize("codec", [H264, HEVC])
def test_it_counts_from_the_first_key_frame(codec: int) -> None:
    assert measured(film(0.5, codec=codec)) is None  # the key frame would be the next picture
    assert measured(*payloads(film(3.0, codec=codec))) == pytest.approx(2.4)
    assert measured(film(3.0, codec=codec, from_key=True)) == pytest.approx(2.9)


def test_the_encoders_own_mark_makes_a_key_frame() -> None:
    stream = tables() + picture(0) + picture(SECOND, random_access=True) + picture(2 * SECOND) * 2
    assert measured(stream) == pytest.approx(1.0)


def test_a_key_frames_slice_may_stand_some_packets_behind_its_beginning() -> None:
    stream = tables() + picture(0, key=True, before=b"\x00\x00\x01\x06" + b"\x80" * 1000) + picture(SECOND) * 2
    assert measured(stream) == pytest.approx(1.0)


def test_a_picture_without_any_slice_is_no_key_frame() -> None:
    assert measured(tables() + picture(0, key=True, before=b"\x80" * 5000) + picture(SECOND) * 2) is None


def test_nothing_counts_before_the_tables() -> None:
    late = picture(0, key=True) + picture(SECOND) + tables() + picture(5 * SECOND) + film(1.0, from_key=True)
    assert measured(late) == pytest.approx(0.9)


def test_times_run_on_over_the_end_of_their_33_bits() -> None:
    assert measured(film(4.0, first=2**33 - SECOND, from_key=True)) == pytest.approx(3.9)


@pytest.mark.parametrize("jump", [-400_000.0, -30.0, -0.7, 2.1, 408.0, 90_000.0])
def test_a_jump_begins_where_the_last_time_line_ended(jump: float) -> None:
    second = film(2.0, first=int(2 * SECOND + jump * SECOND), from_key=True)
    assert measured(film(2.0, first=0, from_key=True) + second) == pytest.approx(1.9 + 1.9)


def test_pictures_out_of_order_are_one_time_line() -> None:
    order = [0, 3, 1, 2, 6, 4, 5]
    stream = tables() + b"".join(picture(number * SECOND // 10, key=not number) for number in order)
    assert measured(stream + picture(7 * SECOND // 10)) == pytest.approx(0.7)


def test_pictures_without_a_time_count_nothing() -> None:
    stream = tables() + picture(None, key=True) + picture(None) + picture(5 * SECOND) + picture(6 * SECOND) * 2
    assert measured(stream) == pytest.approx(1.0)


def test_junk_between_packets_costs_no_more_than_what_it_covers() -> None:
    junk = bytes(range(256)) * 5 + b"G" * 7
    pieces = list(payloads(film(3.0, from_key=True)))
    mixed = itertools.chain.from_iterable((piece, junk) for piece in pieces)
    assert measured(*mixed, film(1.0, first=12_345 + 3 * SECOND, from_key=True)) == pytest.approx(3.9)


def test_it_starts_in_the_middle_of_a_packet() -> None:
    assert measured(film(3.0, from_key=True)[100:]) == pytest.approx(1.9)  # the first key frame's tables are lost


@given(st.lists(st.integers(1, 700), min_size=1, max_size=30), st.integers(0, 400))
def test_the_pieces_make_no_difference(sizes: list[int], skipped: int) -> None:
    stream = film(2.0, key_every=3)[skipped:]
    cuts, at = [], 0
    for size in itertools.cycle(sizes):
        cuts.append(stream[at : at + size])
        at += size
        if at >= len(stream):
            break
    assert measured(*cuts) == measured(stream)


ODD_PACKET = st.builds(
    lambda identifier, body, flag: packets(identifier, body, random_access=flag),
    st.sampled_from([0, 0x10, 0x100, 0x101, 0x1000]),
    st.binary(max_size=300) | st.binary(max_size=30).map(lambda tail: b"\x00\x00\x01\xe0\x00\x00\x80\x80\x05" + tail),
    st.booleans(),
)
MARKED = st.tuples(st.integers(0, 255), st.binary(min_size=187, max_size=187)).map(lambda one: b"G" + one[1])


@settings(max_examples=300)
@given(st.lists(st.binary(max_size=400) | ODD_PACKET | MARKED | st.just(tables()), max_size=20))
def test_no_bytes_confuse_it_or_make_it_grow(pieces: list[bytes]) -> None:
    clock = MediaClock()
    for piece in [tables(), *pieces]:
        clock.feed(piece)
        assert len(clock._rest) <= 188
        assert len(clock._picture) < 5000
    assert clock.seconds is None or clock.seconds >= 0


def test_it_reads_what_ffmpeg_writes(tmp_path: Path) -> None:
    av = pytest.importorskip("av")
    path = tmp_path / "real.ts"
    with av.open(str(path), "w", format="mpegts") as out:
        stream = out.add_stream("libx264", rate=15)
        stream.width, stream.height, stream.pix_fmt, stream.gop_size = 64, 64, "yuv420p", 30
        stream.time_base = stream.codec_context.time_base = Fraction(1, 15)
        for number in range(60):
            frame = av.VideoFrame(64, 64, "yuv420p")
            frame.pts = number
            out.mux(stream.encode(frame))
        out.mux(stream.encode())
    assert measured(*payloads(path.read_bytes())) == pytest.approx(59 / 15, abs=0.01)
