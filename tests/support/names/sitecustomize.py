"""Leads the names of Discord and Blink to the simulators, for a `python -m bot` that knows nothing of them.

Python imports this file when its folder stands in PYTHONPATH; it does what a changed /etc/hosts would.
"""

import os

import aiohttp.connector

from simulators.demo.network import SimulatedNames


def _resolver(**_: object) -> SimulatedNames:
    return SimulatedNames(discord=int(os.environ["SIMULATED_DISCORD"]), blink=int(os.environ["SIMULATED_BLINK"]))


aiohttp.connector.DefaultResolver = _resolver  # type: ignore[misc, assignment]
