"""The relay: a TLS server of its own, which lets in anybody with the header of a live view under way."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
from collections import deque
from collections.abc import Callable, Iterable
from typing import SupportsIndex

from simulators.blink.world import World
from simulators.servers import Listener

from .certificate import Certificate, usual
from .connection import LiveConnection
from .protocol import HEADER_LAYOUT, TOKEN, Header, Violation, read_header
from .sessions import LiveSession

MOST_CONNECTIONS = 64
HANDSHAKE_WITHIN, HEADER_WITHIN, CLOSED_WITHIN = 5.0, 10.0, 1.0
MOST_HEARD = 256  # connections
ZEROS = bytes(TOKEN)


class Ear(asyncio.StreamReader):
    """A reader that keeps all that it hears."""

    def __init__(self) -> None:
        super().__init__()
        self.heard = bytearray()

    def feed_data(self, data: Iterable[SupportsIndex]) -> None:
        """Take what has come."""
        self.heard.extend(data)
        super().feed_data(data)


class Relay:
    """Serve the live views of a world; what no good client does goes to `surprised`.

    `heard` has every byte of each of the latest connections, oldest first.
    """

    def __init__(self, world: World, surprised: Callable[[str], None]) -> None:
        self.port = 0
        self.heard: deque[bytearray] = deque(maxlen=MOST_HEARD)
        self._world = world
        self._surprised = surprised
        self._context: ssl.SSLContext | None = None
        self._listener = Listener(self._serve, most=MOST_CONNECTIONS)

    async def start(self, context: ssl.SSLContext | None = None) -> None:
        """Listen on 127.0.0.1, on the port of the last time if there is one; by default with the usual certificate."""
        self._context = context
        if context is None:
            await asyncio.to_thread(usual)  # now: to make its key takes longer than some wait for a picture
        self.port = self._listener.listen(self.port)

    def present(self, certificate: Certificate) -> None:
        """Present another certificate from now on."""
        self._context = certificate.context()

    async def close(self) -> None:
        """Stop listening and cut every connection."""
        await self._listener.close()

    async def _serve(self, client: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        if self._context is None:  # made for the first who comes: most worlds never have a live view
            self._context = usual().context()
        reader = Ear()
        protocol = asyncio.StreamReaderProtocol(reader)
        try:
            transport, _ = await loop.connect_accepted_socket(
                lambda: protocol,
                client,
                ssl=self._context,
                ssl_handshake_timeout=HANDSHAKE_WITHIN,
                ssl_shutdown_timeout=CLOSED_WITHIN,
            )
        except OSError:  # it refuses the certificate, or went away
            return
        self.heard.append(reader.heard)
        writer = asyncio.StreamWriter(transport, protocol, reader, loop)
        try:
            with contextlib.suppress(OSError, EOFError):
                if admitted := await self._admitted(reader):
                    session, header = admitted
                    await LiveConnection(
                        session, reader, writer, self._surprised, zeros=header.token != session.wire_token
                    ).run()
            await _close(writer)
        except Exception as broken:
            self._surprised(f"the relay broke: {broken!r}")
        finally:
            transport.abort()

    async def _admitted(self, reader: asyncio.StreamReader) -> tuple[LiveSession, Header] | None:
        """Read a header and return it with the session it is for, or None if it is refused."""
        async with asyncio.timeout(HEADER_WITHIN):
            raw = await reader.readexactly(HEADER_LAYOUT.size)
        try:
            header = read_header(raw)
            return (session, header) if (session := self._session(header)) else None
        except Violation as violation:
            self._surprised(f"relay: {violation}")
            return None

    def _session(self, header: Header) -> LiveSession | None:
        session = self._world.live.behind(header.connection)
        if session is None:
            raise Violation(f"unknown connection id {header.connection!r}")
        if header.client_id != session.client_id:
            raise Violation(f"client_id {header.client_id} is not {session.client_id}")
        if header.token not in (ZEROS, session.wire_token):
            raise Violation("wrong token")
        session.settle(self._world.clock())
        if session.ended == "by the client":
            raise Violation(f"live view {session.id} was ended by the client that comes back")
        if session.ended or (session.token and header.token == ZEROS and session.live.token == "no zeros"):
            return None
        return session


async def _close(writer: asyncio.StreamWriter) -> None:
    writer.close()
    with contextlib.suppress(OSError, TimeoutError):
        async with asyncio.timeout(CLOSED_WITHIN):
            await writer.wait_closed()
