"""Finds the address of a request, and limits how many wrong links one address may try."""

import ipaddress
from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import datetime, timedelta

from aiohttp import web

from bot.caching import BoundedCache

_MOST_WRONG = 30
_WINDOW = timedelta(minutes=10)
_MOST_ADDRESSES = 10_000


def client_address(request: web.Request, trusted_hops: int) -> str:
    """Return the address that counts for limits, an IPv6 one as its /64.

    Each of `trusted_hops` proxies adds the address it saw to the end of X-Forwarded-For; the client may have written
    anything before that. A header that is too short did not come through them, so the socket's address counts.
    """
    socket = request.transport.get_extra_info("peername") if request.transport else None
    told = ",".join(request.headers.getall("X-Forwarded-For", [])).split(",")
    if trusted_hops and len(told) >= trusted_hops and (address := _parse(told[-trusted_hops])):
        return address
    return (socket and _parse(str(socket[0]))) or "unknown"


def _parse(text: str) -> str | None:
    """Return an address in its one spelling, without the port that some proxies add; None if it is none."""
    text = text.strip().strip('"')
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(ipaddress.IPv6Network((int(address), 64), strict=False).network_address)


class Crowded(Exception):
    """This address has tried too many wrong links and is looking one up right now."""


class WrongLinks:
    """Counts links that were not found, per address; None is an address that all share, and has no limit.

    An address with too many may still look up one link at a time: guessing gets nowhere, and a neighbour behind the
    same address who has a right link still gets in.
    """

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._wrong = BoundedCache[str, tuple[datetime, int]](_MOST_ADDRESSES)
        self._looking: set[str] = set()

    @contextmanager
    def looking(self, address: str | None) -> Generator[None]:
        """Hold one look-up of this address; raises Crowded if an address with too many holds one already."""
        if address is None or self._lately(address)[1] < _MOST_WRONG:
            yield
            return
        if address in self._looking:
            raise Crowded
        self._looking.add(address)
        try:
            yield
        finally:
            self._looking.discard(address)

    def count(self, address: str | None) -> None:
        """Remember that a link was not found."""
        if address is None:
            return
        since, count = self._lately(address)
        self._wrong.put(address, (since, count + 1))

    def _lately(self, address: str) -> tuple[datetime, int]:
        """Return since when the wrong links of an address count, and how many there are."""
        now = self._now()
        since, count = self._wrong.get(address) or (now, 0)
        return (since, count) if now - since < _WINDOW else (now, 0)
