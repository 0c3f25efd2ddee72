"""A certificate as Blink's relays have it: self-signed, with a common name and no other."""

from __future__ import annotations

import ssl
import tempfile
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

RELAYS = "*.immedia-semi.com"
FROM, TO = datetime(2016, 12, 31, tzinfo=UTC), datetime(2039, 1, 17, tzinfo=UTC)


@dataclass(frozen=True)
class Certificate:
    """A certificate with its key; `fingerprint` is the SHA-256 of its DER form in hexadecimal digits."""

    fingerprint: str
    pem: bytes = field(repr=False)  # the key and the certificate

    def context(self) -> ssl.SSLContext:
        """Return a server's TLS context that presents it."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        with tempfile.TemporaryDirectory(prefix="simulated-blink-") as folder:
            path = Path(folder) / "relay.pem"
            path.write_bytes(self.pem)
            context.load_cert_chain(path)
        return context


@cache
def usual() -> Certificate:
    """Return the certificate of this process's relays."""
    return self_signed()


def self_signed(name: str = RELAYS) -> Certificate:
    """Make a certificate with a new key; `name` is its common name."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    who = x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Amazon"),
            x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, "Blink"),
            x509.NameAttribute(NameOID.COMMON_NAME, name),
        ]
    )
    certificate = (
        x509.CertificateBuilder(who, who, key.public_key(), x509.random_serial_number(), FROM, TO)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return Certificate(
        certificate.fingerprint(hashes.SHA256()).hex(), secret + certificate.public_bytes(serialization.Encoding.PEM)
    )
