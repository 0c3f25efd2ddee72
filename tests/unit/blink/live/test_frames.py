"""The header and the frames, byte by byte."""

import asyncio
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.blink.live.relay import BadFrame, Frame, frame, header, read_frame

from .conftest import SESSION, TOKEN


def test_the_header_is_the_one_of_other_clients() -> None:
    sent = header(SESSION, "G8T1000000000007")
    assert len(sent) == 122
    assert sent[0:4] == bytes.fromhex("00000028")
    assert sent[4:8] == bytes.fromhex("00000010")
    assert sent[8:24] == b"G8T1000000000007"
    assert sent[24:28] == (173).to_bytes(4, "big")
    assert sent[28:30] == bytes.fromhex("0108")
    assert sent[30:34] == bytes.fromhex("00000040")
    assert sent[34:98] == TOKEN.encode() + bytes(64 - len(TOKEN))
    assert sent[98:102] == bytes.fromhex("00000010")
    assert sent[102:118] == b"AbCd_fGhIjKlMn__"
    assert sent[118:122] == bytes.fromhex("00000001")


@pytest.mark.parametrize(
    ("token", "sent"),
    [
        ("", bytes(64)),
        ("t" * 64, b"t" * 64),
        ("t" * 64 + "the rest of a JWT", b"t" * 64),
        ("short", b"short" + bytes(59)),
    ],
)
def test_a_token_fills_64_bytes(token: str, sent: bytes) -> None:
    assert header(replace(SESSION, token=token), "")[34:98] == sent


@pytest.mark.parametrize(
    ("serial", "sent"), [("", bytes(16)), ("S1", b"S1" + bytes(14)), ("S" * 20, b"S" * 16), ("Sé", b"S" + bytes(15))]
)
def test_a_serial_fills_16_bytes(serial: str, sent: bytes) -> None:
    made = header(SESSION, serial)
    assert (made[8:24], len(made)) == (sent, 122)


def test_extremes_of_an_address_fit() -> None:
    relay = replace(SESSION.relay, connection="x", client_id=2**32 - 1)
    made = header(replace(SESSION, relay=relay), "")
    assert (made[24:28], made[102:118]) == (b"\xff" * 4, b"x" + bytes(15))


def test_a_frame_has_nine_bytes_before_its_payload() -> None:
    assert frame(0x12, 1000, bytes(24)) == bytes.fromhex("12000003e800000018") + bytes(24)
    assert frame(0x0A, 1) == bytes.fromhex("0a0000000100000000")


async def read_all(stream: bytes, cuts: list[int]) -> tuple[list[Frame], Exception]:
    """Read frames from a stream that arrives in pieces, and return the error at its end, too."""
    reader, found = asyncio.StreamReader(), list[Frame]()

    async def arrive() -> None:
        before = 0
        for cut in [*sorted(cuts), len(stream)]:
            if cut > before:
                reader.feed_data(stream[before:cut])
                await asyncio.sleep(0)
            before = max(before, cut)
        reader.feed_eof()

    arriving = asyncio.create_task(arrive())
    try:
        while True:
            found.append(await read_frame(reader))
    except (EOFError, BadFrame) as error:
        return found, error
    finally:
        await arriving


FRAMES = st.lists(st.tuples(st.integers(0, 255), st.integers(0, 2**32 - 1), st.binary(max_size=40)), max_size=8)


@given(FRAMES, st.lists(st.integers(0, 400), max_size=20), st.binary(max_size=8))
def test_frames_are_whole_however_the_bytes_arrive(
    sent: list[tuple[int, int, bytes]], cuts: list[int], tail: bytes
) -> None:
    stream = b"".join(frame(*one) for one in sent) + tail
    found, error = asyncio.run(read_all(stream, [min(cut, len(stream)) for cut in cuts]))
    assert found == [Frame(kind, value, b"" if kind else payload) for kind, value, payload in sent]
    assert isinstance(error, asyncio.IncompleteReadError)


@given(st.binary(max_size=3000))
def test_any_bytes_end_as_a_closed_connection_or_a_bad_frame(stream: bytes) -> None:
    asyncio.run(read_all(stream, []))


async def test_media_may_be_one_mebibyte_long_and_no_longer() -> None:
    found, _ = await read_all(frame(0, 1, bytes(2**20)), [])
    assert len(found[0].payload) == 2**20
    found, error = await read_all(frame(0, 1, bytes(2**20 + 1)), [])
    assert found == []
    assert isinstance(error, BadFrame)


async def test_another_payload_is_never_held_as_a_whole() -> None:
    reader = asyncio.StreamReader()
    reader.feed_data(bytes.fromhex("2a00000000ffffffff"))
    reading = asyncio.create_task(read_frame(reader))
    for _ in range(100):
        reader.feed_data(bytes(2**16))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert len(reader._buffer) <= 2**17
    reader.feed_eof()
    with pytest.raises(EOFError):
        await reading
