"""One connection to a relay: open it, keep it alive, read its frames, and close it in time.

Blink documents none of its protocol: a header of 122 bytes from the client, then frames in both directions. blinkpy's
livestream.py and Pischleuder1/ioBroker.blink's immi-live-hls.js speak it too.
"""

import asyncio
import contextlib
import struct
from collections.abc import AsyncGenerator
from dataclasses import dataclass

from bot.blink.models import LiveSession

from .trust import Dialer, RelayTrust, Streams

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


@dataclass(frozen=True, slots=True)
class LiveTiming:
    """The times of a live view in seconds."""

    connect: float = 10.0  # for a connection and its TLS
    first_media: float = 40.0  # for the first media, with all connections
    reconnect: float = 2.0  # before the same address again, if it closed before the first media
    silence: float = 25.0  # without a frame before the first media
    gap: float = 15.0  # without media afterwards
    beyond: float = 45.0  # more than the wished length, from the first media on
    longest: float = 120.0  # from the first media on, however long the wished length is
    keep_alive: float = 10.0
    statistics: float = 1.0
    show: float = 1.0
    stop: float = 1.0  # for the end of a connection
    done: float = 4.0  # for telling Blink's cloud of the end


class Relay:
    """An open connection to a relay."""

    def __init__(self, streams: Streams) -> None:
        self._reader, self._writer = streams
        self._ended = False

    async def read(self) -> Frame:
        """Return the next frame. Raises BadFrame, EOFError or OSError."""
        return await read_frame(self._reader)

    async def send(self, kind: int, value: int, payload: bytes = b"") -> None:
        """Send a frame. Raises OSError."""
        self._ended = self._ended or kind == STOP
        await self.write(frame(kind, value, payload))

    async def write(self, data: bytes) -> None:
        """Send `data`, and wait while the relay takes none. Raises OSError."""
        self._writer.write(data)
        await self._writer.drain()

    async def keep_alive(self, timing: LiveTiming) -> None:
        """Send what the relay expects from a client that still watches, until the connection breaks."""
        clock = asyncio.get_running_loop().time
        number, due = 1, clock()
        with contextlib.suppress(OSError):
            while True:
                if clock() >= due:
                    await self.send(KEEP_ALIVE, number)
                    number, due = number + 1, clock() + timing.keep_alive
                await asyncio.sleep(timing.statistics)
                await self.send(STATISTICS, STATISTICS_VALUE, bytes(STATISTICS_SIZE))

    async def close(self, timeout: float) -> None:
        """Say the end and close, within `timeout` seconds; a relay that breaks off instead has ended, too."""
        try:
            with contextlib.suppress(OSError):
                async with asyncio.timeout(timeout):
                    if not self._ended:
                        await self.send(STOP, 0)
                    self._writer.close()
                    await self._writer.wait_closed()
        finally:
            self._writer.transport.abort()


@contextlib.asynccontextmanager
async def connected(
    dial: Dialer, trust: RelayTrust, session: LiveSession, serial: str, timing: LiveTiming
) -> AsyncGenerator[Relay]:
    """Open the connection of `session` and keep it alive meanwhile. Raises Untrusted or OSError."""
    async with asyncio.timeout(timing.connect):
        relay = Relay(await trust.connect(dial, session.relay.host, session.relay.port))
    watching = None
    try:
        await relay.write(header(session, serial))
        watching = asyncio.create_task(relay.keep_alive(timing))
        yield relay
    finally:
        if watching:
            watching.cancel()
        await relay.close(timing.stop)
