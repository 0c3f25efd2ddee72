"""Why a connection failed, in words for whoever runs the bot."""

import os
import ssl

import aiohttp


def network_reason(error: Exception) -> str:
    """Return why a connection failed; never with an address, which can hold a secret."""
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
