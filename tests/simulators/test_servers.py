"""A simulated server that ends leaves no connection open, whatever its clients do."""

import asyncio
import contextlib
import socket
import ssl
from collections.abc import Callable

import pytest

from simulators.blink import SimBlink, World
from simulators.demo.tls import Authority
from simulators.discord import SimDiscord


def connected(port: int) -> socket.socket:
    """Agree on TLS, and never read or write a word of it again."""
    trusting = ssl.create_default_context()
    trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
    client = trusting.wrap_socket(socket.create_connection(("127.0.0.1", port)))
    return socket.socket(fileno=client.detach())


def read_to_the_end(client: socket.socket) -> None:
    client.settimeout(10)
    with client, contextlib.suppress(ConnectionResetError):
        while client.recv(4096):
            pass


MADE: dict[str, Callable[[], SimBlink | SimDiscord]] = {
    "Blink": lambda: SimBlink(World()),
    "Discord": lambda: SimDiscord(bot_token="a.b.c"),
}


@pytest.mark.parametrize("make", MADE.values(), ids=MADE)
async def test_a_client_that_says_no_goodbye_is_cut_off(
    make: Callable[[], SimBlink | SimDiscord], authority: Authority
) -> None:
    server = make()
    client = await asyncio.to_thread(connected, await server.start(authority.server))
    await server.close()
    await asyncio.to_thread(read_to_the_end, client)


@pytest.mark.parametrize("turns", range(4))
@pytest.mark.parametrize("name", [*MADE, "the relay"])
async def test_whoever_has_only_just_connected_is_cut_off(name: str, turns: int, authority: Authority) -> None:
    server = MADE.get(name, MADE["Blink"])()
    port = await server.start(authority.server)
    if name == "the relay":
        assert isinstance(server, SimBlink)
        port = server.relay.port
    client = socket.create_connection(("127.0.0.1", port))  # which never begins its handshake
    for _ in range(turns):  # of the event loop, in each of which the server gets a little further with them
        await asyncio.sleep(0)
    await server.close()
    await asyncio.to_thread(read_to_the_end, client)
