"""The connections that the server has open at once."""

import asyncio

from aiohttp import web
from aiohttp.typedefs import Handler


class Connections:
    """Makes the protocols of a server's connections, of which at most `most` are open at once."""

    def __init__(self, *, most: int) -> None:
        self._most = most
        self._answered: set[object] = set()

    def open(self, server: web.Server) -> asyncio.Protocol:
        """Return a new connection's protocol.

        If there is no room, closes the oldest connection without a request or, if all have one, the new one.
        """
        alive = [one for one in server.connections if one.transport is not None]
        if len(alive) >= self._most:
            silent = next((one for one in alive if one not in self._answered), None)
            if silent is None:
                return _Full()
            silent.force_close()
        return server()

    @web.middleware
    async def answering(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Keep the connection of a request open while it is answered."""
        self._answered.add(request.protocol)
        try:
            return await handler(request)
        finally:
            self._answered.discard(request.protocol)


class _Full(asyncio.Protocol):
    """Closes a connection for which there is no room."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        transport.close()
