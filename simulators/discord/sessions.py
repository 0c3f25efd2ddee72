"""Gateway connections, and the sessions that survive them."""

import asyncio
import contextlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

DISPATCH = 0
VANISHED = 1006


class Connection:
    """One WebSocket with an outgoing queue, so that frames leave in order and never block the simulator."""

    def __init__(self, ws: web.WebSocketResponse, transport: asyncio.Transport | None) -> None:
        self.ws = ws
        self._transport = transport
        self._queue: asyncio.Queue[str | int] = asyncio.Queue()
        self._writer = asyncio.create_task(self._write())
        self.closed_by_us = False
        self.closed_with = VANISHED

    def send(self, op: int, data: Any = None) -> None:
        self.send_text(json.dumps({"op": op, "d": data}))

    def send_text(self, frame: str) -> None:
        self._queue.put_nowait(frame)

    def close(self, code: int) -> None:
        self.closed_by_us = True
        self._queue.put_nowait(code)

    def abort(self) -> None:
        """Cut the TCP connection."""
        self.closed_by_us = True
        if self._transport is not None:
            self._transport.abort()

    async def _write(self) -> None:
        with contextlib.suppress(ConnectionError):
            while isinstance(item := await self._queue.get(), str):
                await self.ws.send_str(item)
            await self.ws.close(code=item)

    async def finish(self) -> None:
        self._writer.cancel()
        await asyncio.gather(self._writer, return_exceptions=True)


@dataclass(eq=False)
class Session:
    """An identified bot process; it goes on collecting events while it is disconnected."""

    intents: int
    shard: tuple[int, int]
    connection: Connection | None
    id: str = field(default_factory=lambda: secrets.token_hex(16))
    sequence: int = 0
    backlog: list[tuple[int, str]] = field(default_factory=list[tuple[int, str]])

    def dispatch(self, event: str, data: Mapping[str, Any]) -> None:
        self.sequence += 1
        frame = json.dumps({"op": DISPATCH, "t": event, "s": self.sequence, "d": data})
        self.backlog.append((self.sequence, frame))
        if self.connection is not None:
            self.connection.send_text(frame)
