"""A piece of network before a server: what goes through takes some time, and is counted."""

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from typing import Literal

_PIECE = 2**16


@dataclass
class Wire:
    """Where programs connect, and the bytes, of TLS and all, that went up to the server and came down from it."""

    port: int = 0
    passed: Counter[Literal["up", "down"]] = field(default_factory=Counter[Literal["up", "down"]])


@contextlib.asynccontextmanager
async def wire(port: int, *, delay: float = 0.0) -> AsyncGenerator[Wire]:
    """Lead to a server on this machine while the context is open, with so many seconds each way, also to connect."""
    loop, one, connections = asyncio.get_running_loop(), Wire(), set[asyncio.Task[None]]()

    async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, way: Literal["up", "down"]) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(_PIECE):
                one.passed[way] += len(data)
                loop.call_later(delay, writer.write, data)
        await asyncio.sleep(2 * delay)
        writer.close()

    async def connect(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(2 * delay)
        from_server, to_server = await asyncio.open_connection("127.0.0.1", port)
        try:
            await asyncio.gather(carry(reader, to_server, "up"), carry(from_server, writer, "down"))
        finally:
            to_server.close()
            writer.close()

    def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(connect(reader, writer))
        connections.add(task)
        task.add_done_callback(connections.discard)

    async with await asyncio.start_server(connected, "127.0.0.1", 0, backlog=4096) as server:
        one.port = int(server.sockets[0].getsockname()[1])
        yield one
    for task in connections:
        task.cancel()
    await asyncio.gather(*connections, return_exceptions=True)
