"""Reach a relay over TLS, and decide whether the certificate that it shows is Blink's before anything is sent.

Blink's relays show self-signed certificates without a name that fits them, so the usual check fails for them:
https://github.com/nico579/blink2video/pull/5. Most other clients check nothing.
"""

import asyncio
import logging
import re
import ssl
from collections.abc import Awaitable, Callable, Iterable
from hashlib import sha256

from bot.models import StorageUnavailable

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]
Dialer = Callable[..., Awaitable[Streams]]  # opens a TLS connection, as `asyncio.open_connection` does

_log = logging.getLogger(__name__)

# Valid from 2016 to 2039, and seen in 2026 (centauri/blink-camera-relay).
_BUILT_IN = frozenset({"b1bfa71ba445f0de14172a1382db19e8848f93b850eb78bd13fdabc1be7e2481"})
_COMMON_NAME = "*.immedia-semi.com"
# Relays of 2020 know only a key exchange that Python leaves out (bling-viewer issue 6).
_CIPHERS = "DEFAULT:AES128-SHA256"
_IPV4 = re.compile(r"[0-9.]+", re.ASCII)


class Untrusted(Exception):
    """The relay's certificate is none that this installation accepts."""


class RelayTrust:
    """Knows which certificates this installation accepts from relays.

    Each of these is accepted: a certificate that is publicly valid for the relay's name, one with a known fingerprint,
    and, unless `pinned`, a new self-signed one with Blink's name. `keep` stores a new one's fingerprint and its host.
    """

    def __init__(self, *, pinned: bool, known: Iterable[str], keep: Callable[[str, str], Awaitable[None]]) -> None:
        self._pinned = pinned
        self._known = {*_BUILT_IN, *known}
        self._keep = keep

    async def connect(self, dial: Dialer, host: str, port: int) -> Streams:
        """Connect to a relay whose certificate is accepted. Raises Untrusted, or OSError if it cannot be reached."""
        name = None if _IPV4.fullmatch(host) else host
        if name:
            try:
                return await dial(host, port, ssl=await asyncio.to_thread(_context, checked=True), server_hostname=name)
            except ssl.SSLCertVerificationError:
                pass  # it can still be one of Blink's own
        reader, writer = await dial(host, port, ssl=_context(checked=False), server_hostname=name)
        try:
            await self._check(_certificate(writer), host)
        except BaseException:
            writer.transport.abort()
            raise
        return reader, writer

    async def _check(self, certificate: bytes, host: str) -> None:
        fingerprint = sha256(certificate).hexdigest()
        if fingerprint in self._known:
            return
        if not _seems_blinks(certificate):
            _log.warning("The live view's relay %s shows a certificate that is not Blink's (%s)", host, fingerprint)
            raise Untrusted
        if self._pinned:
            _log.warning("The live view's relay %s shows a new certificate, which is refused (%s)", host, fingerprint)
            raise Untrusted
        self._known.add(fingerprint)
        _log.warning("The live view's relay %s shows a new certificate, accepted from now on (%s)", host, fingerprint)
        try:
            await self._keep(fingerprint, host)
        except StorageUnavailable:
            _log.warning("The new certificate could not be kept, so the next start accepts it as new again")


def _context(*, checked: bool) -> ssl.SSLContext:
    """Return a context that checks the certificate as for any host, or takes every one for the check that follows."""
    context = ssl.create_default_context() if checked else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if not checked:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers(_CIPHERS)
    return context


def _certificate(writer: asyncio.StreamWriter) -> bytes:
    """Return the certificate that the other side showed. Raises Untrusted if it showed none."""
    connection: ssl.SSLObject | None = writer.get_extra_info("ssl_object")
    certificate = connection.getpeercert(binary_form=True) if connection else None
    if not certificate:
        raise Untrusted
    return certificate


def _seems_blinks(certificate: bytes) -> bool:
    """Return whether a certificate is signed with its own key and bears Blink's name."""
    # Here, because a bot needs it only if a relay shows a certificate that is not known yet.
    from cryptography import x509
    from cryptography.x509.oid import NameOID

    try:
        parsed = x509.load_der_x509_certificate(certificate)
        names = [str(name.value) for name in parsed.subject.get_attributes_for_oid(NameOID.COMMON_NAME)]
        parsed.verify_directly_issued_by(parsed)
    except Exception:  # a stranger has made it, and it can be odd in more ways than the parser has errors of one kind
        return False
    return names == [_COMMON_NAME]
