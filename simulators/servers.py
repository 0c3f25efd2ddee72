"""Servers on this machine that leave no connection open when they end.

asyncio's own server does not know those whose TLS is still being agreed on, and forgets one that it has accepted but
not begun when it is closed. aiohttp closes the others, and over TLS that waits for the client's goodbye
(https://docs.python.org/3/library/asyncio-eventloop.html#asyncio.loop.create_server, ssl_shutdown_timeout). Where the
event loop ends first, their sockets stay open.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any
from weakref import WeakSet

from aiohttp import web


class Listener:
    """Hand each connection on a port of 127.0.0.1 to `serve`, at most `most` at once."""

    def __init__(self, serve: Callable[[socket.socket], Coroutine[Any, Any, None]], *, most: int | None = None) -> None:
        self._serve = serve
        self._most = most
        self._listening: socket.socket | None = None
        self.serving: set[asyncio.Task[None]] = set()

    def listen(self, port: int = 0) -> int:
        """Listen, and return the port, which the system chooses unless it is given."""
        self._listening = listening = socket.create_server(("127.0.0.1", port))
        listening.setblocking(False)
        asyncio.get_running_loop().add_reader(listening, self._accept, listening)
        return int(listening.getsockname()[1])

    async def close(self) -> None:
        """Stop listening, and cancel what serves."""
        if self._listening:
            asyncio.get_running_loop().remove_reader(self._listening)
            self._listening.close()
            self._listening = None
        await asyncio.sleep(0)  # all that were accepted begin: asyncio leaves a handshake open that is cancelled before
        tasks = [*self.serving]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _accept(self, listening: socket.socket) -> None:
        try:
            client, _ = listening.accept()
        except (BlockingIOError, ConnectionAbortedError):  # they went away again
            return
        if self._most is not None and len(self.serving) >= self._most:
            client.close()
            return
        task = asyncio.create_task(self._serve(client))
        self.serving.add(task)
        task.add_done_callback(self.serving.discard)


class WebServer:
    """Serve an application of aiohttp; without a TLS context, in the clear."""

    def __init__(self, runner: web.AppRunner | web.ServerRunner, context: ssl.SSLContext | None = None) -> None:
        self._runner = runner
        self._context = context
        self._listener = Listener(self._begin)
        self._open = WeakSet[asyncio.Transport]()

    async def start(self, port: int = 0) -> int:
        """Listen on 127.0.0.1, and return the port, which the system chooses unless it is given."""
        await self._runner.setup()
        return self._listener.listen(port)

    async def close(self) -> None:
        """Stop listening and cut every connection."""
        await self._listener.close()
        await self._runner.cleanup()
        for transport in [*self._open]:
            transport.abort()

    async def _begin(self, client: socket.socket) -> None:
        assert self._runner.server
        with suppress(OSError):  # it refuses the certificate, or went away
            transport, _ = await asyncio.get_running_loop().connect_accepted_socket(
                self._runner.server, client, ssl=self._context
            )
            self._open.add(transport)
