"""How each server on this machine ends."""

from aiohttp import web


async def end(runner: web.AppRunner | web.ServerRunner) -> None:
    """Stop listening and cut every connection.

    aiohttp closes them, and over TLS that waits for the client's goodbye
    (https://docs.python.org/3/library/asyncio-eventloop.html#asyncio.loop.create_server, ssl_shutdown_timeout). Where
    the event loop ends first, their sockets stay open.
    """
    server = runner.server
    if server is None:  # it has not been set up
        return
    open_until_now = [each.transport for each in server.connections]
    await runner.cleanup()
    for transport in (*open_until_now, *(each.transport for each in server.connections)):
        if transport:
            transport.abort()
