"""The relay's bytes: the header that a client begins with, and the frames that go both ways."""

from __future__ import annotations

import asyncio
import struct
from dataclasses import dataclass
from enum import IntEnum

TOKEN = 64
LONGEST = 1 << 16  # of a client's payload; talk, the longest there is, has some hundred bytes
HEADER_LAYOUT = struct.Struct(">II16sIBBI64sI16sI")
FRAME_LAYOUT = struct.Struct(">BII")


class FrameType(IntEnum):
    """The kinds of frames, by their first byte."""

    MEDIA = 0x00
    ACCEPTED = 0x06
    STOP = 0x08
    KEEP_ALIVE = 0x0A
    TALK_OFFERED = 0x0C
    ROUND_TRIP = 0x10
    ROUND_TRIP_ANSWER = 0x11
    STATISTICS = 0x12
    CONFIGURATION = 0x13
    ACCESSORIES = 0x15
    MESSAGE = 0x18
    UNKNOWN = 0x2A


@dataclass(frozen=True)
class Frame:
    """One frame; `kind` is a number, since a client may send any."""

    kind: int
    value: int = 0
    payload: bytes = b""

    @property
    def wire(self) -> bytes:
        """The frame as it is sent."""
        return FRAME_LAYOUT.pack(self.kind, self.value, len(self.payload)) + self.payload


@dataclass(frozen=True)
class Header:
    """The fields of a header in which clients differ, as long as on the wire."""

    serial: bytes
    client_id: int
    token: bytes
    connection: str


class Violation(Exception):
    """A client sent something that no good client sends."""


def read_header(raw: bytes) -> Header:
    """Return a header's fields; raises Violation if one of its fixed fields is wrong."""
    magic, serials, serial, client, one, eight, tokens, token, connections, connection, last = HEADER_LAYOUT.unpack(raw)
    fixed = {
        "magic": (magic, 0x28),
        "length of the serial": (serials, 16),
        "byte 28": (one, 1),
        "byte 29": (eight, 8),
        "length of the token": (tokens, TOKEN),
        "length of the connection id": (connections, 16),
        "trailer": (last, 1),
    }
    if wrong := [f"{name} {found:#x}" for name, (found, wanted) in fixed.items() if found != wanted]:
        raise Violation(f"header with {', '.join(wrong)}")
    return Header(serial, client, token, connection.rstrip(b"\0").decode("ascii", "replace"))


async def read_frame(reader: asyncio.StreamReader) -> Frame:
    """Read one frame; raises EOFError at the end, and Violation if it is too long."""
    kind, value, length = FRAME_LAYOUT.unpack(await reader.readexactly(FRAME_LAYOUT.size))
    if length > LONGEST:
        raise Violation(f"frame of type {kind:02x} with {length} bytes")
    return Frame(kind, value, await reader.readexactly(length))
