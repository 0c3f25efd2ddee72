"""Leads the names of Discord and Blink to the simulators, for a `python -m bot` that knows nothing of them.

Python imports this file when its folder stands in PYTHONPATH; it does what a changed /etc/hosts would.
"""

import asyncio
import os
from typing import Any

import aiohttp.connector

from simulators.demo.network import RELAY_PORT, SimulatedNames, Streams, dialer

_open_connection = asyncio.open_connection
_dial_relay = dialer(relay=int(os.environ.get("SIMULATED_RELAY", "0")))  # to port 0 nobody gets


def _resolver(**_: object) -> SimulatedNames:
    return SimulatedNames(discord=int(os.environ["SIMULATED_DISCORD"]), blink=int(os.environ["SIMULATED_BLINK"]))


async def _connected(host: str, port: int, **options: Any) -> Streams:
    if port == RELAY_PORT:
        return await _dial_relay(host, port, **options)
    return await _open_connection(host, port, **options)


aiohttp.connector.DefaultResolver = _resolver  # type: ignore[misc, assignment]
asyncio.open_connection = _connected  # type: ignore[assignment]
