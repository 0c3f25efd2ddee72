"""A wire to a server, which can be held or cut."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress


class Relay:
    """Passes bytes between whoever connects to `port` and a server on this machine."""

    def __init__(self, server_port: int) -> None:
        self.port = 0
        self._server_port = server_port
        self._flows = asyncio.Event()
        self._flows.set()
        self._refuses = False
        self._writers: set[asyncio.StreamWriter] = set()

    def hold(self) -> None:
        """Let nothing pass any more, without a word to either side."""
        self._flows.clear()

    def cut(self) -> None:
        """Break every connection, and each new one."""
        self._refuses = True
        for writer in self._writers:
            writer.transport.abort()

    def mend(self) -> None:
        """Let everything pass again."""
        self._refuses = False
        self._flows.set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry one connection."""
        if self._refuses:
            writer.transport.abort()
            return
        onward, back = await asyncio.open_connection("127.0.0.1", self._server_port)
        pair = {writer, back}
        self._writers |= pair
        try:
            await asyncio.gather(self._pass(reader, back), self._pass(onward, writer))
        finally:
            self._writers -= pair
            for each in pair:
                each.transport.abort()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await reader.read(65536):
                await self._flows.wait()
                writer.write(data)
                await writer.drain()
        writer.close()


@asynccontextmanager
async def relay(server_port: int) -> AsyncIterator[Relay]:
    """Listen on a port of its own while the context is open."""
    made = Relay(server_port)
    server = await asyncio.start_server(made.serve, "127.0.0.1", 0)
    made.port = server.sockets[0].getsockname()[1]
    try:
        yield made
    finally:
        made.cut()
        server.close()
        made.mend()
