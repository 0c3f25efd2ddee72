"""Read the address of a live view's relay, as Blink's answer to a start names it."""

import re
from urllib.parse import parse_qs, urlsplit

from .models import RelayAddress
from .sockets import is_public

_SCHEME = "immis"
_PORT = 443
_MOST_CLIENT_ID = 2**32 - 1
_IPV4 = re.compile(r"[0-9.]{7,15}", re.ASCII)
_NAME = re.compile(r"(?=.{1,253}$)(?:[a-z0-9-]{1,63}\.)+immedia-semi\.com", re.ASCII)
_CONNECTION = re.compile(r"[\x21-\x7e]{1,16}", re.ASCII)
_CLIENT_ID = re.compile(r"[0-9]{1,10}", re.ASCII)


def relay_address(server: str) -> RelayAddress | None:
    """Return the relay in `immis://HOST:443/CONNECTION__IMDS_…?client_id=NUMBER`.

    Returns None for another scheme, such as the rtsps of old cameras, and for an address that is odd in any way: the
    bot guesses nothing about where it connects to.
    """
    try:
        url = urlsplit(server)
        port = _PORT if url.port is None else url.port
        client_ids = parse_qs(url.query, max_num_fields=10).get("client_id", [])
    except ValueError:
        return None
    host = url.hostname or ""
    connection = _connection(url.path.rpartition("/")[2])
    if url.scheme != _SCHEME or "@" in url.netloc or port == 0 or not _is_relay(host):
        return None
    if not _CONNECTION.fullmatch(connection) or len(client_ids) != 1 or not _CLIENT_ID.fullmatch(client_ids[0]):
        return None
    client_id = int(client_ids[0])
    return RelayAddress(host, port, connection, client_id) if client_id <= _MOST_CLIENT_ID else None


def _connection(last: str) -> str:
    """Return the connection's part of the path's last part; it can hold underscores itself."""
    return last.partition("__IMDS_" if "__IMDS_" in last else "__")[0]


def _is_relay(host: str) -> bool:
    if _NAME.fullmatch(host):
        return True
    try:
        return bool(_IPV4.fullmatch(host)) and is_public(host)
    except ValueError:
        return False
