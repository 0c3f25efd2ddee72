"""Strangers who open connections and say nothing take no room from the others."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import aiohttp

from bot.web import serve
from bot.web.server import _MOST_CONNECTIONS
from tests.support.page import PageSetup
from tests.support.waiting import until

STRANGERS = 150
MOST = 100  # files that the server may hold open, of the 200 that a careful host allows


async def well() -> dict[str, str]:
    return {"gateway": "ok"}


@contextlib.asynccontextmanager
async def silent(port: int, count: int) -> AsyncIterator[list[asyncio.StreamReader]]:
    """Open connections and say nothing."""
    opened = [await asyncio.open_connection("127.0.0.1", port) for _ in range(count)]
    try:
        yield [reader for reader, _ in opened]
    finally:
        for _, writer in opened:
            writer.close()


async def asked(port: int, path: str) -> int:
    async with aiohttp.ClientSession() as http, http.get(f"http://127.0.0.1:{port}{path}") as response:
        return response.status


async def closed(reader: asyncio.StreamReader) -> bool:
    with contextlib.suppress(ConnectionError):
        assert await reader.read() == b""
    return True


async def test_silent_connections_are_few_and_those_who_speak_are_answered() -> None:
    async with serve(0, ready=well, host="127.0.0.1") as port, silent(port, STRANGERS) as strangers:
        assert await asked(port, "/readyz") == 200
        ends = [asyncio.create_task(closed(reader)) for reader in strangers]
        await until(lambda: sum(not one.done() for one in ends) <= MOST)
        assert await asked(port, "/livez") == 200
        for one in ends:
            one.cancel()


async def test_a_connection_that_says_nothing_or_never_ends_its_request_is_closed() -> None:
    async with serve(0, ready=well, host="127.0.0.1", silence=0.1) as port:
        async with asyncio.timeout(5), silent(port, 1) as [stranger]:
            assert await closed(stranger)
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET /readyz HTTP/1.1\r\nX-Slow: ")
        async with asyncio.timeout(5):
            assert await closed(reader)
        writer.close()


async def test_whoever_is_being_answered_keeps_their_connection() -> None:
    asking, goes_on = asyncio.Event(), asyncio.Event()

    async def slowly() -> dict[str, str]:
        asking.set()
        await goes_on.wait()
        return {"gateway": "ok"}

    async with serve(0, ready=slowly, host="127.0.0.1") as port:
        answer = asyncio.create_task(asked(port, "/readyz"))
        await asking.wait()
        async with silent(port, MOST):
            assert await asked(port, "/livez") == 200
        goes_on.set()
        assert await answer == 200


async def test_forms_that_never_end_take_no_room_from_the_others(stage: PageSetup) -> None:
    head = (
        f"POST {await stage.invite()} HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        "Content-Length: 1000\r\nExpect: 100-continue\r\n\r\n"
    ).encode()
    slow = [await asyncio.open_connection("127.0.0.1", stage.port) for _ in range(_MOST_CONNECTIONS)]
    try:
        for reader, writer in slow:
            writer.write(head)
            assert b"100 Continue" in await reader.readuntil(b"\r\n\r\n")
            writer.write(b"form=")
        assert await asked(stage.port, "/livez") == 200
    finally:
        for _, writer in slow:
            writer.close()
