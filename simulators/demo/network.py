"""The simulators' network: the real host names of Discord and Blink, which lead to ports on this machine."""

import asyncio
import socket
import ssl as tls
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import TCPConnector
from aiohttp.abc import AbstractResolver, ResolveResult

from simulators import RELAY_HOST

ConnectorFactory = Callable[..., TCPConnector]
Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]
Dialer = Callable[..., Awaitable[Streams]]  # opens a TLS connection, as `asyncio.open_connection` does
RELAY_PORT = 443


class SimulatedNames(AbstractResolver):
    """Resolve the simulated hosts to 127.0.0.1 and refuse every other name, so that nothing leaves the machine."""

    def __init__(self, *, discord: int, blink: int) -> None:
        discords = dict.fromkeys(("discord.com", "discord.gg", "discordapp.com"), discord)
        self._ports = {**discords, "immedia-semi.com": blink, "blink.com": blink}

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        domain = ".".join(host.rsplit(".", 2)[-2:])
        if domain not in self._ports:
            raise OSError(f"{host} is not simulated")
        return [
            ResolveResult(
                hostname=host,
                host="127.0.0.1",
                port=self._ports[domain],
                family=socket.AF_INET,
                proto=socket.IPPROTO_TCP,
                flags=socket.AI_NUMERICHOST,
            )
        ]

    async def close(self) -> None:
        """Hold nothing, close nothing."""


def connectors(*, discord: int, blink: int) -> ConnectorFactory:
    """Return the factory that the composition root takes in place of aiohttp's own connector."""

    def connector(**options: Any) -> TCPConnector:
        return TCPConnector(resolver=SimulatedNames(discord=discord, blink=blink), limit=0, **options)

    return connector


def dialer(*, relay: int, relay_host: str = RELAY_HOST) -> Dialer:
    """Return how the bot reaches the relay on this port: by `relay_host`, or by a name under immedia-semi.com.

    Every other host and port is refused with OSError.
    """

    async def dial(host: str, port: int, *, ssl: tls.SSLContext, server_hostname: str | None) -> Streams:
        if port != RELAY_PORT or (host != relay_host and not host.endswith(".immedia-semi.com")):
            raise OSError(f"{host}:{port} is not simulated")
        # As asyncio itself does if no other name is to be in the certificate.
        expected = host if server_hostname is None else server_hostname
        return await asyncio.open_connection("127.0.0.1", relay, ssl=ssl, server_hostname=expected)

    return dial
