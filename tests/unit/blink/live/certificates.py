"""Certificates like those of Blink's relays, and unlike them."""

import ssl
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

BLINKS = "*.immedia-semi.com"
Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
_VERSION = b"\xa0\x03\x02\x01"  # before its number, which counts from 0: RFC 5280, 4.1


@dataclass(frozen=True)
class Shown:
    """A server's context, and the fingerprint of the certificate that it shows."""

    context: ssl.SSLContext
    fingerprint: str
    der: bytes


@cache
def shown(
    name: str = BLINKS, *, issuer: str | None = None, forged: bool = False, old: bool = False, version: int = 3
) -> Shown:
    """A certificate without names beside its common name, self-signed unless it has another `issuer` or is `forged`.

    `old` is a relay of 2020: TLS 1.2 with one cipher, whose key exchange is RSA. Of `version` there is only 1 and 3.
    """
    key: Key = rsa.generate_private_key(65537, 2048) if old else ec.generate_private_key(ec.SECP256R1())
    signer: Key = ec.generate_private_key(ec.SECP256R1()) if issuer or forged else key
    certificate = (
        x509.CertificateBuilder()
        .subject_name(_named(name))
        .issuer_name(_named(issuer or name))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime(2016, 12, 31, tzinfo=UTC))
        .not_valid_after(datetime(2039, 1, 17, tzinfo=UTC))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(signer, hashes.SHA256())
    )
    der = certificate.public_bytes(serialization.Encoding.DER)
    der = der.replace(_VERSION + bytes([2]), _VERSION + bytes([version - 1]), 1)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    if old:
        context.maximum_version = ssl.TLSVersion.TLSv1_2
        context.set_ciphers("AES128-SHA256")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "relay.pem")
        pem = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        file.write_bytes(pem + ssl.DER_cert_to_PEM_cert(der).encode())
        context.load_cert_chain(file)
    return Shown(context, sha256(der).hexdigest(), der)


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
