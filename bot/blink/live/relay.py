"""One connection to a relay: open it, keep it alive, read what it sends, and close it in time."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator
from dataclasses import dataclass

from bot.blink.models import LiveSession

from . import frames
from .frames import Frame
from .trust import Dialer, RelayTrust, Streams


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
        return await frames.read_frame(self._reader)

    async def send(self, kind: int, value: int, payload: bytes = b"") -> None:
        """Send a frame. Raises OSError."""
        self._ended = self._ended or kind == frames.STOP
        await self.write(frames.frame(kind, value, payload))

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
                    await self.send(frames.KEEP_ALIVE, number)
                    number, due = number + 1, clock() + timing.keep_alive
                await asyncio.sleep(timing.statistics)
                await self.send(frames.STATISTICS, frames.STATISTICS_VALUE, bytes(frames.STATISTICS_SIZE))

    async def close(self, timeout: float) -> None:
        """Say the end and close, within `timeout` seconds; a relay that breaks off instead has ended, too."""
        try:
            with contextlib.suppress(OSError):
                async with asyncio.timeout(timeout):
                    if not self._ended:
                        await self.send(frames.STOP, 0)
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
        await relay.write(frames.header(session, serial))
        watching = asyncio.create_task(relay.keep_alive(timing))
        yield relay
    finally:
        if watching:
            watching.cancel()
        await relay.close(timing.stop)
