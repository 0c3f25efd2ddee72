"""One client at the relay: what it sends is checked and answered, and meanwhile it gets the picture."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from itertools import pairwise
from math import inf

from simulators.blink.pictures import Film

from .protocol import Frame, FrameType, Violation, read_frame
from .sessions import LiveSession
from .stream import PAYLOAD, broadcast

BURST = 0.5  # seconds of the stream, which come at once; a battery camera pauses so (nico579/blink2video)
ACCEPTED_AFTER = 0.5
ANSWERED_WITHIN = 60.0
ZEROS_LAST = 2.0
RATE, LONGEST = 15, 3600.0  # pictures a second, and seconds
MISALIGNED, CUT_FRAME = 100, 700  # bytes
SPLITS = (1, 8, 700)  # bytes from a frame's beginning
SPLIT_FOR = 0.001
PINGED = 7
EXPECTED: dict[int, int] = {
    FrameType.KEEP_ALIVE: 0,
    FrameType.STATISTICS: 24,
    FrameType.ROUND_TRIP_ANSWER: 0,
    FrameType.STOP: 0,
}
"""How long a payload is of each type that a client that only watches sends."""
VALUES: dict[int, int] = {FrameType.STATISTICS: 1000, FrameType.ROUND_TRIP_ANSWER: PINGED}
PRELUDE = (
    Frame(FrameType.MESSAGE, 7),
    Frame(FrameType.TALK_OFFERED, 0xA000_0001),
    Frame(FrameType.CONFIGURATION, 0, bytes.fromhex("138803e803e80064").rjust(26, b"\0")),
    Frame(FrameType.ACCESSORIES, 0, bytes(12)),
    Frame(FrameType.UNKNOWN, 0, b"of a later version"),
    Frame(FrameType.ROUND_TRIP, PINGED),
)
PRIVATE = b"private data".ljust(PAYLOAD, b"\xff")


class LiveConnection:
    """Serve one connection that was let in; `zeros` says that it gave no token."""

    def __init__(
        self,
        session: LiveSession,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        surprised: Callable[[str], None],
        *,
        zeros: bool,
    ) -> None:
        self._session = session
        self._live = session.live
        self._reader = reader
        self._writer = writer
        self._surprised = surprised
        self._accepted = asyncio.Event()
        self._answers = asyncio.Queue[Frame]()  # to its round trips
        self._writing = asyncio.Lock()
        self._zeros = zeros
        self._count = 0  # of media frames
        self._carried = b""

    async def run(self) -> None:
        """Talk until one side ends it."""
        self._session.connect(self._writer.close)
        talk = [asyncio.create_task(self._listen()), asyncio.create_task(self._speak())]
        try:
            await asyncio.wait(talk, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for one in talk:
                one.cancel()
            results = await asyncio.gather(*talk, return_exceptions=True)
            self._session.disconnect(self._writer.close)
        for broken in results:
            if isinstance(broken, Exception):
                raise broken

    async def _listen(self) -> None:
        while True:
            try:
                async with asyncio.timeout(self._session.ours(self._live.silence)):
                    frame = await read_frame(self._reader)
            except TimeoutError:
                self._session.finish("by Blink")
                return
            except Violation as violation:
                self._surprised(f"relay: {violation}")
                return
            self._session.heard.append(frame)
            self._check(frame)
            if frame.kind == FrameType.ROUND_TRIP_ANSWER:
                self._answers.put_nowait(frame)
            if frame.kind == FrameType.STOP:
                self._session.finish("by the client")
                return
            if frame.kind == FrameType.KEEP_ALIVE:
                await self._accepted.wait()  # that is the first frame
                await self._send(frame)

    def _check(self, frame: Frame) -> None:
        wanted = EXPECTED.get(frame.kind)
        if wanted is None:
            self._surprised(f"relay: frame of type {frame.kind:02x}")
        elif len(frame.payload) != wanted:
            self._surprised(f"relay: frame of type {frame.kind:02x} with {len(frame.payload)} bytes")
        elif frame.value != VALUES.get(frame.kind, frame.value):
            self._surprised(f"relay: frame of type {frame.kind:02x} with the value {frame.value}")

    async def _speak(self) -> None:
        try:
            async with asyncio.timeout(self._session.ours(self._live.limit)):
                await self._pause(ACCEPTED_AFTER)
                await self._send(Frame(FrameType.ACCEPTED))
                self._accepted.set()
                if self._session.connections <= self._live.closes_first:
                    await self._pause(ACCEPTED_AFTER)
                    return
                await self._show()
        except TimeoutError:
            await self._end()
        self._session.finish("by Blink")

    async def _show(self) -> None:
        """Send the picture until it is cut."""
        if self._live.first_media is None:
            await asyncio.Event().wait()
            return
        await self._pause(self._live.first_media - ACCEPTED_AFTER)
        for frame in PRELUDE:
            await self._send(frame)
        await self._stream()

    async def _stream(self) -> None:
        """Send the picture at its own pace, until it is cut."""
        source, lasts = broadcast(self._film(), self._live.sound), self._lasts()
        skipped = 1.0 if self._live.mid_gop else 0.0
        loop, shown = asyncio.get_running_loop(), 0.0
        begun = loop.time()
        while shown < lasts:
            payloads = await asyncio.to_thread(source.between, skipped + shown, skipped + min(shown + BURST, lasts))
            await asyncio.sleep(begun + self._session.ours(shown) - loop.time())
            for payload in payloads:
                await self._media(payload.data)
            shown += BURST
        if self._live.cuts_frame:
            await self._write(Frame(FrameType.MEDIA, self._count, PRIVATE).wire[:CUT_FRAME])
        else:
            await self._end()

    async def _media(self, data: bytes) -> None:
        """Send a payload, or as much junk as the camera's manners ask for."""
        if self._live.junk == "private" and self._count == 1:
            await self._payload(PRIVATE)
        if self._live.junk == "misaligned":
            data, self._carried = self._carried + data[:MISALIGNED], data[MISALIGNED:]
        await self._payload(data)

    async def _payload(self, data: bytes) -> None:
        await self._send(Frame(FrameType.MEDIA, self._count, data))
        self._count += 1
        self._session.showed(data)

    def _film(self) -> Film:
        camera, cloud = self._session.camera, self._session.cloud
        return replace(cloud.film(camera.name, camera.id, 1.0), rate=RATE, seconds=LONGEST)

    def _lasts(self) -> float:
        """Return after how many seconds the picture is cut."""
        cut = inf if self._live.cut_after is None else self._live.cut_after
        return min(cut, ZEROS_LAST) if self._zeros and self._live.token == "zeros cut" else cut

    async def _end(self) -> None:
        """End the picture in the way that the camera's manners say."""
        match self._live.ending:
            case "stop":
                await self._send(Frame(FrameType.STOP))
            case "silence":
                await self._pause(self._live.limit)
            case "reset":
                await self._heard_to_the_end()
                end: socket.socket = self._writer.get_extra_info("socket")
                end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                self._writer.transport.abort()
            case "close":
                pass

    async def _heard_to_the_end(self) -> None:
        """Wait for a client that answers to read what was sent, which a reset would throw away."""
        await self._send(Frame(FrameType.ROUND_TRIP, PINGED))
        with suppress(TimeoutError):
            async with asyncio.timeout(self._session.ours(ANSWERED_WITHIN)):
                for _ in range(2):  # the first one is of the prelude
                    await self._answers.get()

    async def _send(self, frame: Frame) -> None:
        """Send a whole frame before the next one begins."""
        wire = frame.wire
        async with self._writing:
            if not self._live.splits:
                await self._write(wire)
                return
            for start, end in pairwise((0, *(at for at in SPLITS if at < len(wire)), len(wire))):
                await self._write(wire[start:end])
                await asyncio.sleep(SPLIT_FOR)

    async def _write(self, data: bytes) -> None:
        if self._writer.is_closing():  # the session has ended meanwhile
            raise ConnectionError("the connection is closed")
        self._writer.write(data)
        try:
            async with asyncio.timeout(self._session.ours(self._live.silence)):
                await self._writer.drain()
        except TimeoutError:
            raise ConnectionError("the client reads nothing") from None

    async def _pause(self, seconds: float) -> None:
        await asyncio.sleep(self._session.ours(seconds))
