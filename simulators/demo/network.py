"""The simulators' DNS: the real host names of Discord and Blink, resolved to ports on this machine."""

import socket
from collections.abc import Callable
from typing import Any

from aiohttp import TCPConnector
from aiohttp.abc import AbstractResolver, ResolveResult

ConnectorFactory = Callable[..., TCPConnector]


class SimulatedNames(AbstractResolver):
    """Resolve the simulated hosts to 127.0.0.1 and refuse every other name, so that nothing leaves the machine."""

    def __init__(self, *, discord: int, blink: int) -> None:
        self._ports = {"discord.com": discord, "discord.gg": discord, "immedia-semi.com": blink, "blink.com": blink}

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
