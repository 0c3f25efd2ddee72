"""A throw-away certificate authority, so that the simulators speak TLS under Discord's and Blink's real host names."""

import ssl
from dataclasses import dataclass
from pathlib import Path

import trustme

NAMES = (
    "discord.com",
    "*.discord.com",
    "*.discord.gg",
    "cdn.discordapp.com",
    "*.immedia-semi.com",
    "api.oauth.blink.com",
    "localhost",
    "127.0.0.1",
)


@dataclass(frozen=True)
class Authority:
    """The server's TLS context and the file that a client must trust (`SSL_CERT_FILE`)."""

    server: ssl.SSLContext
    trust: Path


def issue(folder: Path) -> Authority:
    """Make an authority and one certificate for every simulated host, and write its trust file into `folder`.

    aiohttp builds its TLS context when it is imported, so a process that is to trust the simulators must have
    `SSL_CERT_FILE` set to `trust` before that.
    """
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    # trustme also takes a pyOpenSSL context, a type that is not installed here.
    authority.issue_cert(*NAMES).configure_cert(context)  # pyright: ignore[reportUnknownMemberType]
    trust = folder / "simulated-ca.pem"
    authority.cert_pem.write_to_path(str(trust))
    return Authority(context, trust)
