"""Open sockets to public addresses only, and say why a connection failed."""

import os
import socket
import ssl
from ipaddress import IPv6Address, IPv6Network, ip_address
from typing import Any

import aiohttp

# IPv4-mapped and NAT64 addresses lie outside: https://www.rfc-editor.org/rfc/rfc4291
_UNICAST = IPv6Network("2000::/3")


class NotPublic(OSError):
    """The address does not belong to the public internet."""


def public_socket(address: tuple[int, int, int, str, tuple[Any, ...]]) -> socket.socket:
    """Open a socket for a connection to `address`, as aiohttp's `socket_factory`.

    Blink may name any host, and must not reach the bot's own network through it. This function sees the address of the
    connection itself, so a name that resolves differently the second time is no way around it.
    Raises NotPublic if the address is not public.
    """
    family, kind, protocol, _, endpoint = address
    if not is_public(str(endpoint[0])):
        raise NotPublic("not a public address")
    return socket.socket(family, kind, protocol)


def is_public(text: str) -> bool:
    """Return whether an IP address belongs to the public internet and embeds no other address."""
    address = ip_address(text)
    if isinstance(address, IPv6Address) and (address not in _UNICAST or address.sixtofour or address.teredo):
        return False
    return address.is_global and not address.is_multicast


def network_reason(error: Exception) -> str:
    """Explain a failed connection to the person who runs the bot.

    The text never holds an address, because an address can hold a secret.
    """
    match error:
        case aiohttp.ClientConnectorCertificateError(certificate_error=ssl.SSLCertVerificationError() as refused):
            return (
                f"its TLS certificate is not accepted ({refused.verify_message}): something on the way may read TLS, or"
                " this machine's clock or its list of certificates is out of date"
            )
        case aiohttp.ClientConnectorCertificateError() | ssl.SSLCertVerificationError():
            return "its TLS certificate is not accepted"
        case aiohttp.ClientConnectorSSLError() | ssl.SSLError():
            reason = getattr(error, "reason", None) or "no reason given"
            return f"TLS cannot be agreed on ({reason}): something on the way may speak no TLS"
        case aiohttp.ClientConnectorDNSError():
            return "its name cannot be looked up (is there a network, and a DNS server?)"
        case TimeoutError():
            return "no answer in time"
        case aiohttp.ServerDisconnectedError():
            return "it closed the connection without an answer"
        case OSError(errno=int(number)) if number > 0:
            return f"no connection ({os.strerror(number)})"
        case _:
            return type(error).__name__
