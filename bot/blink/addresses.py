"""Sockets to public addresses only: Blink may name any host, and the bot's own network is none of its business."""

import socket
from ipaddress import IPv6Address, IPv6Network, ip_address
from typing import Any

# IPv4-mapped and NAT64 addresses lie outside: https://www.rfc-editor.org/rfc/rfc4291
_UNICAST = IPv6Network("2000::/3")


class NotPublic(OSError):
    """The address is not one of the public internet."""


def public_socket(address: tuple[int, int, int, str, tuple[Any, ...]]) -> socket.socket:
    """Open the socket for a connection to `address`, as aiohttp's `socket_factory`; raises NotPublic.

    It sees the address that is connected to, whatever the name was resolved to before.
    """
    family, kind, protocol, _, where = address
    if not is_public(str(where[0])):
        raise NotPublic("not a public address")
    return socket.socket(family, kind, protocol)


def is_public(text: str) -> bool:
    """Say whether an IP address is one of the public internet, and embeds no other address."""
    address = ip_address(text)
    if isinstance(address, IPv6Address) and (address not in _UNICAST or address.sixtofour or address.teredo):
        return False
    return address.is_global and not address.is_multicast
