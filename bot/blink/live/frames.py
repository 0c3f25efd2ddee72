"""The relay's protocol: a header of 122 bytes from the client, then frames in both directions.

Blink documents none of it. blinkpy's livestream.py and Pischleuder1/ioBroker.blink's immi-live-hls.js speak it too.
"""

import asyncio
import struct
from dataclasses import dataclass

from bot.blink.models import LiveSession

MEDIA = 0x00
STOP = 0x08
KEEP_ALIVE = 0x0A
PING, PONG = 0x10, 0x11
STATISTICS = 0x12

STATISTICS_VALUE = 1000
STATISTICS_SIZE = 24  # delays and counts of pictures; zeros are accepted

_HEADER = struct.Struct(">4sI16sIBBI64sI16sI")
_MAGIC = b"\x00\x00\x00\x28"
_VERSION = (1, 8)
_SERIAL_SIZE, _TOKEN_SIZE, _CONNECTION_SIZE = 16, 64, 16
_FRAME = struct.Struct(">BII")
_LONGEST_MEDIA = 2**20  # a frame has 1316 bytes
_PIECE = 2**16


class BadFrame(Exception):
    """The relay announced a frame that is longer than any."""


@dataclass(frozen=True, slots=True)
class Frame:
    """A frame of the relay; only media keep their payload."""

    kind: int
    value: int
    payload: bytes = b""


def header(session: LiveSession, serial: str) -> bytes:
    """Return the header that opens `session`; a camera without a `serial`, or a session without a token, has zeros."""
    token = session.token.encode("ascii", "ignore")[:_TOKEN_SIZE]
    return _HEADER.pack(
        _MAGIC,
        _SERIAL_SIZE,
        serial.encode("ascii", "ignore")[:_SERIAL_SIZE],
        session.relay.client_id,
        *_VERSION,
        _TOKEN_SIZE,
        token,
        _CONNECTION_SIZE,
        session.relay.connection.encode("ascii"),
        1,
    )


def frame(kind: int, value: int, payload: bytes = b"") -> bytes:
    """Return a frame as it goes over the wire."""
    return _FRAME.pack(kind, value, len(payload)) + payload


async def read_frame(reader: asyncio.StreamReader) -> Frame:
    """Read one whole frame.

    Other payloads than media are read past in pieces, whatever length they announce. Raises BadFrame for media that
    are too long, EOFError if the relay closes first, OSError if the connection breaks.
    """
    kind, value, length = _FRAME.unpack(await reader.readexactly(_FRAME.size))
    if kind != MEDIA:
        while length:
            length -= len(await reader.readexactly(min(length, _PIECE)))
        return Frame(kind, value)
    if length > _LONGEST_MEDIA:
        raise BadFrame(f"{length} bytes of media in one frame")
    return Frame(kind, value, await reader.readexactly(length))
