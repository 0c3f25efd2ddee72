"""An internet whose every address leads to one port of this machine, and whose DNS answers as a test says."""

import socket
from collections.abc import Callable
from typing import Any

from aiohttp import AddrInfoType, TCPConnector
from aiohttp.abc import AbstractResolver, ResolveResult


class Internet(AbstractResolver):
    """Resolves each name to its addresses in turn, the last one again and again."""

    def __init__(self, port: int, **names: list[str]) -> None:
        self.names = names
        self.connected: list[str] = []
        self._port = port

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        addresses = self.names[host]
        address = addresses.pop(0) if len(addresses) > 1 else addresses[0]
        return [ResolveResult(hostname=host, host=address, port=self._port, family=family, proto=0, flags=0)]

    async def close(self) -> None:
        """Hold nothing, close nothing."""

    def connectors(self, **options: Any) -> TCPConnector:
        """Make a connector, as `lifecycle.run` asks for them."""
        opened: Callable[[AddrInfoType], socket.socket] = options.pop("socket_factory", _plain)

        def led_here(address: AddrInfoType) -> socket.socket:
            opened(address).close()
            return _Here(self, address[0], address[1], address[2])

        return TCPConnector(
            resolver=self, family=socket.AF_INET, use_dns_cache=False, socket_factory=led_here, **options
        )

    def lead(self, address: Any) -> tuple[str, int]:
        """Return where a connection to `address` really leads, and remember it."""
        self.connected.append(str(address[0]))
        return "127.0.0.1", self._port


class _Here(socket.socket):
    """A socket that connects to this machine, whatever it is told."""

    def __init__(self, internet: Internet, family: int, kind: int, protocol: int) -> None:
        super().__init__(family, kind, protocol)
        self._internet = internet

    def connect(self, address: Any) -> None:
        super().connect(self._internet.lead(address))


def _plain(address: AddrInfoType) -> socket.socket:
    return socket.socket(address[0], address[1], address[2])
