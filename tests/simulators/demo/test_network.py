"""The dialer reaches the relay, and nothing else."""

import pytest

from simulators.demo.network import dialer
from tests.simulators.blink.viewer import trusting_nobody


@pytest.mark.parametrize(
    ("host", "port"),
    [
        ("192.88.99.205", 443),
        ("127.0.0.1", 443),
        ("192.88.99.204", 80),
        ("immedia-semi.com.example", 443),
        ("notimmedia-semi.com", 443),
    ],
)
async def test_the_dialer_reaches_nothing_else(host: str, port: int) -> None:
    with pytest.raises(OSError, match="is not simulated"):
        await dialer(relay=1)(host, port, ssl=trusting_nobody(), server_hostname=None)
